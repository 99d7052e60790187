"""Lists as other programs and languages write them: nobody who left is sent anything."""

from __future__ import annotations

import pytest

from digest.cli.recipients_csv import read_csv
from digest.errors import UsageError

# A column beside that of the address; cells of people who are sent to, and of those who left.
COLUMNS = [
    ("E-Mail", "Abgemeldet am", ["", "-"], ["01.02.2021", "2021-02-01", "3/4/21"]),
    ("E-Mail", "Abgemeldet", ["nein", "FALSCH", ""], ["ja", "WAHR", "x"]),
    ("E-Mail", "Abonniert", ["ja", "WAHR"], ["nein", "abgemeldet"]),
    ("E-Mail", "Newsletter", ["ja", "Die Woche"], ["nein"]),
    ("E-Mail", "Gesperrt", ["nein"], ["ja"]),
    ("E-Mail", "aktiv", ["1", "01.01.2020"], ["0"]),
    ("E-Mail", "Status", ["aktiv", "Angemeldet"], ["abgemeldet", "gelöscht", "inaktiv"]),
    ("Adresse e-mail", "Désabonné", ["non", "FAUX"], ["oui", "VRAI"]),
    ("Courriel", "Statut", ["Abonné"], ["Désabonné", "Désinscrite"]),
    ("Courriel", "Date de désinscription", [""], ["02/01/2021"]),
    ("Correo electrónico", "Estado", ["Suscrito"], ["Dado de baja", "Baja"]),
    ("correo", "Baja", ["no", "FALSO"], ["sí", "VERDADERO"]),
    ("Indirizzo email", "Stato", ["Iscritto"], ["Disiscritto", "Cancellato"]),
    ("E-mailadres", "Afgemeld", ["nee", "ONWAAR"], ["ja", "WAAR"]),
    ("email", "Descadastrado", ["não"], ["sim"]),
    ("email", "Wypisany", ["nie"], ["tak"]),
    ("E-post", "Avregistrerad", ["nej"], ["ja"]),
    ("email", "Отписан", ["нет"], ["да"]),
    ("E-Mail", "Löschdatum", [""], ["2021-02-01"]),
    ("Courriel", "État", ["Abonné"], ["Résilié"]),
    ("Courriel", "Date de résiliation", [""], ["2021-02-01"]),
    ("correo", "Fecha de cancelación", [""], ["2021-02-01"]),
    ("Indirizzo email", "Data cancellazione", [""], ["2021-02-01"]),
    ("E-mailadres", "Opzegdatum", [""], ["2021-02-01"]),
    ("email", "Situação", ["Ativo", "Assinante"], ["Cancelado", "Excluído"]),
    ("email", "Data de cancelamento", [""], ["01/02/2021"]),
    ("البريد الإلكتروني", "الحالة", ["مشترك", "نشط"], ["ألغى الاشتراك", "غير مشترك", "محظور"]),
    ("البريد الإلكتروني", "إلغاء الاشتراك", ["لا", ""], ["نعم", "2021-02-01"]),
    ("إيميل", "مشترك", ["نعم"], ["لا"]),
    ('"דוא""ל"', "סטטוס", ["רשום", "פעילה"], ["הוסר", "לא רשום", "לא פעיל"]),
    ("כתובת אימייל", "תאריך הסרה", [""], ["01/02/2021"]),
    ("אימייל", "רשום", ["כן"], ["לא"]),
    ("メールアドレス", "ステータス", ["購読中", "登録済み"], ["退会", "配信停止", "オプトアウト"]),
    ("メールアドレス", "退会日", [""], ["2021/02/01"]),
    ("Eメール", "配信停止", ["×", "いいえ", ""], ["○", "はい"]),
    ("メール", "備考", ["お得意様"], ["退会済み"]),
    ("email", "unsubscribed", ["✗", ""], ["✓", "✔️", "+"]),
    ("email", "Globally Unsubscribed", ["0", "NULL", "\\N"], ["1"]),
    ("email", "Date unsubscribed", ["", "0000-00-00"], ["Mar 4 2021"]),
    ("email", "left_at", [""], ["2021-01-01"]),
    ("email", "removed", ["no"], ["yes"]),
    ("email", "No longer subscribed", [""], ["yes"]),
    ("email", "inactive", ["no"], ["yes"]),
    ("Email", "GDPR consent", ["granted", "Form of 2020"], ["withdrawn", "no"]),
    ("Email", "Email Suppressions", ["[]"], ["['SPAM_COMPLAINT']"]),
    ("Email", "Email hard bounce reason", [""], ["UNKNOWN_USER"]),
    ("email", "delivery status", ["enabled"], ["disabled by bounces", "disabled by user"]),
    ("email", "notes", ["how to unsubscribe?"], ["Unsubscribed in May", "Abgemeldet"]),
    ("email", "Email and SMS opt-out", ["no"], ["yes"]),
    ("email", "SMS_BLACKLISTED", ["yes", "no"], []),
    ("email", "Gelöschte Bestellungen", ["3", "0"], []),
    ("email", "unsubscribe_link", ["https://a.example/u"], []),
]


@pytest.mark.parametrize(("address", "column", "stay", "left"), COLUMNS, ids=str)
def test_who_left_is_sent_nothing(
    address: str, column: str, stay: list[str], left: list[str]
) -> None:
    rows = [f"{n}@a.example;{cell}" for n, cell in enumerate([*stay, *left])]
    read = read_csv("\n".join([f"{address};{column}", *rows]), ["inbox"], "inbox")
    sent = [recipient.state == "active" for recipient in read.recipients]
    assert sent == [True] * len(stay) + [False] * len(left)


def test_a_pause_is_no_farewell() -> None:
    read = read_csv("メール;状態\na@a.example;一時停止中\n", ["inbox"], "inbox")
    assert [recipient.state for recipient in read.recipients] == ["paused"]


@pytest.mark.parametrize("column", ["Email Marketing Consent", "Marketing contact status"])
def test_who_never_subscribed_is_left_out(column: str) -> None:
    cells = ["NEVER_SUBSCRIBED", "Non-marketing contact"]
    rows = [f"{n}@a.example,{cell}" for n, cell in enumerate(cells)]
    read = read_csv("\n".join([f"email,{column}", *rows]), ["inbox"], "inbox")
    assert (read.recipients, read.unconfirmed) == ([], 2)


def test_a_row_with_two_addresses_is_named() -> None:
    two = "line 2: has 'a@a.example' and 'b@a.example' in two columns of addresses"
    with pytest.raises(UsageError, match=two):
        read_csv("Email,Email\na@a.example,b@a.example\n", ["inbox"], "inbox")
    read = read_csv("Email,Email\n,a@a.example\nB@a.example,b@a.example\n", ["inbox"], "inbox")
    assert [recipient.address for recipient in read.recipients] == ["a@a.example", "B@a.example"]
