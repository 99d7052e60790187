FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY digest ./digest
RUN python -m venv /opt/digest && /opt/digest/bin/pip install --no-cache-dir .

FROM python:3.13-slim
# A fixed uid, so that the volume's owner is the same for every image.
RUN groupadd --gid 10001 digest \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data digest \
 && install -d -o digest -g digest /data
COPY --from=build /opt/digest /opt/digest
ENV PATH=/opt/digest/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DIGEST_CONFIG=/etc/digest/config.yaml
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=1m --timeout=10s --start-period=30s --retries=3 \
  CMD ["digest", "status", "--healthcheck"]
ENTRYPOINT ["digest"]
CMD ["run"]
