"""The first tables of every room."""

import sqlalchemy as sa
from alembic import op

from shopbell.engine.tables import Ident

revision, down_revision = "0001", None


def upgrade() -> None:  # noqa: PLR0915 - one step for each table
    op.create_table(
        "attempt",
        sa.Column("bucket", sa.String(length=100), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("quiet_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_quiet_at"), "attempt", ["quiet_at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", Ident(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "conversation",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("buyer", Ident(), nullable=False),
        sa.Column("buyer_name", sa.String(length=200), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("shop_slug", sa.String(length=80), nullable=False),
        sa.Column("shop_name", sa.String(length=200), nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", Ident(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("notes_head", sa.Integer(), nullable=False),
        sa.Column("event_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_side", sa.String(32), nullable=True),
        sa.Column("last_text", sa.String(length=200), nullable=False),
        sa.Column("buyer_unread", sa.Integer(), nullable=False),
        sa.Column("seller_unread", sa.Integer(), nullable=False),
        sa.Column("buyer_read", sa.Integer(), nullable=False),
        sa.Column("seller_read", sa.Integer(), nullable=False),
        sa.Column("buyer_delivered", sa.Integer(), nullable=False),
        sa.Column("seller_delivered", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("due_since", sa.BigInteger(), nullable=True),
        sa.Column("breaches", sa.Integer(), nullable=False),
        sa.Column("round_since", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("linked_from", Ident(), nullable=True),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("desk_order", sa.BigInteger(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    op.create_index(
        "ix_conversation_buyer", "conversation", ["buyer", "visible", "last_at"], unique=False
    )
    op.create_index(
        "ix_conversation_desk",
        "conversation",
        ["shop", "visible", "done", "desk_order"],
        unique=False,
    )
    op.create_index("ix_conversation_last", "conversation", ["visible", "last_at"], unique=False)
    op.create_index(
        "uq_conversation_open",
        "conversation",
        ["buyer", "shop", "subject_kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("state != 'closed'"),
        postgresql_where=sa.text("state != 'closed'"),
    )
    op.create_table(
        "deadline",
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("entity", Ident(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("kind", "entity", name=op.f("pk_deadline")),
    )
    op.create_index("ix_deadline_due", "deadline", ["state", "due_at"], unique=False)
    op.create_table(
        "draft",
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "person", name=op.f("pk_draft")),
    )
    op.create_table(
        "journal",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_at"), "journal", ["at"], unique=False)
    op.create_table(
        "marker",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marker")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "not_before"], unique=False)
    op.create_index(
        "uq_outbox_key",
        "outbox",
        ["key"],
        unique=True,
        sqlite_where=sa.text("state = 'ready'"),
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_table(
        "person",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_email", "person", ["email"], unique=False)
    op.create_index(
        "uq_person_owned_email",
        "person",
        ["email"],
        unique=True,
        sqlite_where=sa.text("verified IS true"),
        postgresql_where=sa.text("verified IS true"),
    )
    op.create_table(
        "picture",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_picture")),
    )
    op.create_table(
        "round",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    op.create_index("ix_round_shop", "round", ["shop", "answered_at"], unique=False)
    op.create_table(
        "shop",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("holidays", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("picture", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
        sa.UniqueConstraint("slug", name=op.f("uq_shop_slug")),
    )
    op.create_table(
        "ticket",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bearer", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_ticket")),
    )
    op.create_index(op.f("ix_ticket_expires_at"), "ticket", ["expires_at"], unique=False)
    op.create_table(
        "api_key",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rank", sa.String(32), nullable=False),
        sa.Column("made_by", Ident(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_api_key_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("secret", name=op.f("uq_api_key_secret")),
    )
    op.create_index(op.f("ix_api_key_shop"), "api_key", ["shop"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("shown_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversation.id"], name=op.f("fk_attachment_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint(
            "conversation",
            "person",
            "sha256",
            "name",
            name=op.f("uq_attachment_conversation_person_sha256_name"),
        ),
    )
    op.create_table(
        "device",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_device_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("secret", name=op.f("uq_device_secret")),
    )
    op.create_index(op.f("ix_device_person"), "device", ["person"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("conversation", Ident(), nullable=False),
        sa.Column("audience", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("actor", Ident(), nullable=False),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("cmid", sa.String(length=40), nullable=True),
        sa.Column("payload_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversation.id"], name=op.f("fk_event_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint(
            "cmid",
            "conversation",
            "audience",
            "actor",
            name=op.f("uq_event_cmid_conversation_audience_actor"),
        ),
        sa.UniqueConstraint(
            "conversation", "audience", "seq", name=op.f("uq_event_conversation_audience_seq")
        ),
    )
    op.create_table(
        "membership",
        sa.Column("person", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("rank", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_membership_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_shop"), "membership", ["shop"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("buyer", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["shop"], ["shop.id"], name=op.f("fk_orders_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("shop", "number", name=op.f("uq_orders_shop_number")),
    )
    op.create_index("ix_orders_newest", "orders", ["placed_at", "id"], unique=False)
    op.create_index(
        "ix_orders_newest_of_buyer", "orders", ["buyer", "placed_at", "id"], unique=False
    )
    op.create_index("ix_orders_newest_of_shop", "orders", ["shop", "placed_at", "id"], unique=False)
    op.create_index(op.f("ix_orders_number"), "orders", ["number"], unique=False)
    op.create_table(
        "product",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("shop", Ident(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("sku", sa.String(length=120), nullable=False),
        sa.Column("offer_id", sa.String(length=120), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("pictures", sa.Text(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("was", sa.BigInteger(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("picture_refs", sa.Text(), nullable=False),
        sa.Column("warranty_months", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["shop"], ["shop.id"], name=op.f("fk_product_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("shop", "offer_id", name=op.f("uq_product_shop_offer_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_product_slug")),
    )
    op.create_index("ix_product_newest_of_category", "product", ["category", "id"], unique=False)
    op.create_index("ix_product_newest_of_shop", "product", ["shop", "id"], unique=False)
    op.create_index(op.f("ix_product_sku"), "product", ["sku"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", Ident(), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_session_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("secret", name=op.f("uq_session_secret")),
    )
    op.create_index(op.f("ix_session_person"), "session", ["person"], unique=False)
    op.create_table(
        "token",
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("person", Ident(), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("good_until", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_token_person")),
        sa.PrimaryKeyConstraint("secret", name=op.f("pk_token")),
    )
    op.create_index(op.f("ix_token_good_until"), "token", ["good_until"], unique=False)
    op.create_index(op.f("ix_token_person"), "token", ["person"], unique=False)
    op.create_table(
        "order_line",
        sa.Column("order", Ident(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", Ident(), nullable=False),
        sa.Column("product", Ident(), nullable=True),
        sa.Column("variant", Ident(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("picture", sa.String(length=64), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("warranty_months", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_order_line_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order", "position", name=op.f("uq_order_line_order_position")),
    )
    op.create_table(
        "shipment",
        sa.Column("order", Ident(), nullable=False),
        sa.Column("id", Ident(), nullable=False),
        sa.Column("carrier", sa.String(length=200), nullable=False),
        sa.Column("tracking_number", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("eta", sa.Text(), nullable=True),
        sa.Column("first_eta", sa.Text(), nullable=True),
        sa.Column("eta_reason", sa.Text(), nullable=True),
        sa.Column("shipped_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_shipment_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
    )
    op.create_index(op.f("ix_shipment_order"), "shipment", ["order"], unique=False)
    op.create_table(
        "variant",
        sa.Column("product", Ident(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", Ident(), nullable=False),
        sa.Column("sku", sa.String(length=120), nullable=False),
        sa.Column("offer_id", sa.String(length=120), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product"], ["product.id"], name=op.f("fk_variant_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant")),
        sa.UniqueConstraint("product", "offer_id", name=op.f("uq_variant_product_offer_id")),
    )
    op.create_index(op.f("ix_variant_sku"), "variant", ["sku"], unique=False)
    op.create_table(
        "tracking_event",
        sa.Column("shipment", Ident(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shipment"], ["shipment.id"], name=op.f("fk_tracking_event_shipment")
        ),
        sa.PrimaryKeyConstraint("shipment", "key", name=op.f("pk_tracking_event")),
    )
