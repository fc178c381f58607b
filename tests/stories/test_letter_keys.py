"""The keys of letters: what the DNS is told of them, how they change, that a backup has them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shopbell.app import build
from shopbell.channels.mail.addresses import is_for, person, relay_address
from shopbell.channels.mail.keys import keyring
from shopbell.channels.push.keys import signer
from shopbell.cli import main
from shopbell.conversations.model import ConversationId
from shopbell.engine import backup
from shopbell.engine.settings import BadSetting, Settings, load
from shopbell.kernel.actor import PersonId
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import text
from tests.support.mailserver import with_keys

DOMAIN = "reply.example.org"


def runs(data: Path, *command: str, domain: str = DOMAIN) -> Result:
    settings = {"SHOPBELL_DATA": str(data), "SHOPBELL_MAIL_DOMAIN": domain, "LC_ALL": "en"}
    return CliRunner(env=settings).invoke(main, command)


def test_the_dns_is_told_where_answers_go_and_by_what_we_are_known(tmp_path: Path) -> None:
    ran = runs(with_keys(tmp_path), "mail", "dns", "--json")
    records = {(one["name"], one["kind"]): one["says"] for one in json.loads(ran.output)}
    assert records[DOMAIN, "MX"].startswith("10 ")
    assert records[f"_dmarc.{DOMAIN}", "TXT"] == '"v=DMARC1; p=reject; adkim=s; aspf=s"'
    rsa = records[f"shopbell-rsa._domainkey.{DOMAIN}", "TXT"]
    assert rsa.startswith('"v=DKIM1; k=rsa; p=MII')
    assert all(len(piece) <= 255 for piece in rsa.split('"'))
    assert "k=ed25519" in records[f"shopbell-ed._domainkey.{DOMAIN}", "TXT"]
    again = runs(tmp_path, "mail", "dns", "--json")
    assert again.output == ran.output
    assert f"{DOMAIN}. IN MX 10 " in runs(tmp_path, "mail", "dns").output


def test_without_a_domain_there_is_nothing_to_tell(tmp_path: Path) -> None:
    ran = runs(tmp_path, "mail", "dns", domain="")
    assert ran.exit_code == 1
    assert text("en", "cli.no_mail_domain") in ran.output


def test_a_new_key_is_made_by_a_command(tmp_path: Path) -> None:
    keyring(tmp_path)
    ran = runs(tmp_path, "mail", "new-key")
    assert text("en", "cli.new_mail_key", name="b") in ran.output
    assert keyring(tmp_path).newest == "b"


def test_answers_to_letters_of_before_arrive_after_a_backup_is_put_back(tmp_path: Path) -> None:
    old = Settings(data=tmp_path / "old")
    build(old).close()
    talk, anna = ConversationId(new_id()), person(PersonId(new_id()))
    local = relay_address(keyring(old.data), talk, anna)
    signer(old.data)
    backup.back_up(old, tmp_path / "copy")

    new = Settings(data=tmp_path / "new")
    backup.put_back(new, tmp_path / "copy")
    build(new).close()
    assert is_for(keyring(new.data), local, talk, anna)
    assert (new.data / "push/key.pem").read_bytes() == (old.data / "push/key.pem").read_bytes()
    kept = [file for room in ("mail", "push") for file in (new.data / room).iterdir()]
    assert {file.stat().st_mode & 0o777 for file in kept} == {0o600}


def test_other_keys_that_stood_there_are_set_aside_and_can_be_put_back(tmp_path: Path) -> None:
    old, new = Settings(data=tmp_path / "old"), Settings(data=tmp_path / "new")
    for one in (old, new):
        build(one).close()
    talk, anna = ConversationId(new_id()), person(PersonId(new_id()))
    of_now = relay_address(keyring(new.data), talk, anna)
    signer(new.data)
    backup.back_up(old, tmp_path / "copy")
    backup.put_back(new, tmp_path / "copy", replace=True)
    assert keyring(new.data) == keyring(old.data)
    [aside] = new.data.glob("mail.before-*")
    assert aside.stat().st_mode & 0o777 == 0o700
    assert [(file.name, file.stat().st_mode & 0o777) for file in aside.iterdir()] == [
        ("keys.json", 0o600)
    ]
    assert (new.data / "push/key.pem").exists(), "a key that the backup has not stays"

    backup.put_back(new, tmp_path / "copy", replace=True)
    assert len(list(new.data.glob("mail.before-*"))) == 1, "the same keys are not kept twice"
    (aside / "keys.json").replace(new.data / "mail/keys.json")
    assert is_for(keyring(new.data), of_now, talk, anna)


def test_a_backup_that_cannot_be_put_back_leaves_the_keys_as_they_were(tmp_path: Path) -> None:
    old, new = Settings(data=tmp_path / "old"), Settings(data=tmp_path / "new")
    for one in (old, new):
        build(one).close()
        keyring(one.data)
    with closing(sqlite3.connect(old.data / "shopbell.db")) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    before = keyring(new.data)
    backup.back_up(old, tmp_path / "copy")
    with pytest.raises(backup.BackupTooNew):
        backup.put_back(new, tmp_path / "copy", replace=True)
    assert keyring(new.data) == before
    assert not list(new.data.glob("mail.before-*"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"SMTP_URL": "http://mail.example.org", "MAIL_DOMAIN": DOMAIN},
        {"SMTP_URL": "smtp://", "MAIL_DOMAIN": DOMAIN},
        {"SMTP_URL": "smtp://mail.example.org"},
        {"MAIL_DOMAIN": "not a domain"},
        {"MAIL_DOMAIN": "a.b\r\nBcc: x@y.z"},
        {"MAIL_FROM": "nobody"},
        {"MAIL_FROM": "a@b.c\r\nBcc: x@y.z"},
        {"LETTERS_PER_HOUR": "0"},
    ],
)
def test_settings_that_would_send_letters_nobody_can_answer_are_refused(
    wrong: dict[str, str],
) -> None:
    with pytest.raises(BadSetting):
        load({f"SHOPBELL_{name}": value for name, value in wrong.items()})
