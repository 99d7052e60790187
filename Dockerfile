# By digest, so that the same commit gives the same image; .github/dependabot.yml keeps it fresh.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS base

FROM base AS build
# Bytecode without what only marks the place inside a line of a traceback.
ENV PYTHONNODEBUGRANGES=1
# `full-text` has what `full_text: true` needs, too (docs/container.md).
ARG REQUIREMENTS=image
WORKDIR /src
COPY requirements ./requirements
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir -r requirements/build.txt \
 && python -m venv /opt/digest && /opt/digest/bin/pip install --no-cache-dir -r requirements/${REQUIREMENTS}.txt
COPY pyproject.toml README.md LICENSE ./
COPY digest ./digest
RUN /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
 && /opt/digest/bin/pip install --no-cache-dir --no-deps /tmp/wheel/*.whl
COPY .ci/slim ./
RUN /opt/digest/bin/python slim

FROM base
# A fixed uid, so that the volume's owner is the same for every image.
RUN groupadd --gid 10001 digest \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data digest \
 && install -d -o digest -g digest /data
COPY --from=build /opt/digest /opt/digest
# The last four have the daemon hold less memory (docs/performance.md).
ENV PATH=/opt/digest/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DIGEST_CONFIG=/etc/digest/config.yaml \
    MALLOC_ARENA_MAX=1 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    PYTHONNODEBUGRANGES=1 \
    FROZENLIST_NO_EXTENSIONS=1
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=1m --timeout=10s --start-period=30s --retries=3 \
  CMD ["digest", "status", "--healthcheck"]
ENTRYPOINT ["digest"]
CMD ["run"]
