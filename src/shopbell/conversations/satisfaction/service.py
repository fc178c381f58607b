"""What happens when a conversation is resolved: the buyer is asked once, and may answer."""

from msgspec.structs import replace

from shopbell.accounts.blocks.service import check_may_write
from shopbell.accounts.secret import digest, new_secret
from shopbell.accounts.standing import barred_now
from shopbell.accounts.wishes.model import CHOICES, Kind, Way
from shopbell.accounts.wishes.service import wants
from shopbell.conversations import service as conversations
from shopbell.conversations.commands import Append
from shopbell.conversations.conduct import service as conduct
from shopbell.conversations.model import Conversation, ConversationId, StateChanged, Stream
from shopbell.conversations.posting import post_line
from shopbell.conversations.satisfaction import storage
from shopbell.conversations.satisfaction.model import (
    ASK_AGAIN,
    RATED_LINES,
    Answer,
    Asked,
    Rated,
    RatedLine,
    Rating,
    RatingId,
    SatisfactionAsked,
)
from shopbell.conversations.satisfaction.refusals import (
    NotAsked,
    OnlyItsBuyerRates,
    RatedAlready,
    RatingOver,
)
from shopbell.conversations.thread import join_words
from shopbell.conversations.turns import State
from shopbell.engine.database import Tx
from shopbell.kernel.actor import SYSTEM, Actor, PersonId, Side
from shopbell.kernel.ids import new_id
from shopbell.kernel.texts import text

KIND = Kind.SATISFACTION


def ask(tx: Tx, fact: StateChanged) -> None:
    """Ask the buyer of a conversation that somebody resolved; the clock's own end asks nobody."""
    if fact.after is not State.RESOLVED or fact.action != "resolve" or fact.by == SYSTEM.id:
        return
    talk = conversations.entered(tx, SYSTEM, Stream(fact.conversation))
    if not _may_ask(tx, talk):
        return
    rating = Rating(
        id=RatingId(new_id()),
        conversation=talk.id,
        buyer=talk.buyer,
        shop=talk.shop,
        agent=talk.assignee,
        locale=talk.locale,
        asked_at=tx.now,
    )
    storage.add(tx, rating)
    present = fact.by == talk.buyer
    tx.announce(
        SatisfactionAsked(rating=rating.id, conversation=talk.id, buyer=talk.buyer, present=present)
    )


def asked(tx: Tx, actor: Actor, talk: ConversationId) -> Asked:
    """Return what one side may see of it; the shop sees it, and changes nothing."""
    conversations.entered(tx, actor, Stream(talk))
    rating = storage.of_talk(tx, talk)
    return _shown(tx, rating, actor) if rating else Asked()


def answer(tx: Tx, actor: Actor, talk: ConversationId, said: Answer) -> Asked:
    """Keep what the buyer says; the same again changes nothing, and nothing is taken back."""
    return _shown(tx, _say(tx, actor, _own(tx, actor, talk), said), actor)


def decline(tx: Tx, actor: Actor, talk: ConversationId) -> Asked:
    """Let the buyer be; a link in a letter that they open later still takes an answer."""
    rating = _own(tx, actor, talk)
    if rating.helped is None and rating.declined_at is None:
        rating = replace(rating, declined_at=tx.now)
        storage.decline(tx, rating)
    return _shown(tx, rating, actor)


def link(tx: Tx, rating: RatingId) -> str:
    """Return a token that answers for the buyer once, for a letter to them."""
    token = new_secret()
    storage.bind(tx, rating, digest(token))
    return token


def asked_by_letter(tx: Tx, token: str) -> Rating:
    """Return what a letter asks whoever opens it, as long as it may be answered."""
    rating = storage.by_token(tx, digest(token))
    if rating is None:
        raise NotAsked
    if not rating.takes(tx.now):
        raise RatingOver
    return rating


def answer_letter(tx: Tx, token: str, said: Answer) -> None:
    """Keep what is said by the link of a letter, which is used up by it."""
    rating = asked_by_letter(tx, token)
    talk = conversations.entered(tx, SYSTEM, Stream(rating.conversation), hold=True)
    rating = asked_by_letter(tx, token)  # another may have used the link while we waited
    barred = barred_now(tx, rating.buyer)
    actor = Actor(rating.buyer, Side.BUYER, name=talk.buyer_name, barred=barred)
    _say(tx, actor, rating, said)
    storage.bind(tx, rating.id, None)


def of_buyer(tx: Tx, buyer: PersonId) -> list[Rating]:
    """Return all that somebody was asked and said."""
    return storage.of_buyer(tx, buyer)


def _may_ask(tx: Tx, talk: Conversation) -> bool:
    """Tell whether the buyer may be asked: once, not too often, and not in a quarrel of words."""
    wanted = any(wants(tx, talk.buyer, KIND, way) for way in CHOICES[Side.BUYER][KIND])
    return wanted and not (
        storage.of_talk(tx, talk.id)
        or storage.was_asked(tx, talk.buyer, talk.shop, tx.now - ASK_AGAIN)
        or conduct.is_quarrel(tx, talk.id)
    )


def _say(tx: Tx, actor: Actor, rating: Rating, said: Answer) -> Rating:
    said = replace(said, words=join_words(said.words))
    if not rating.follows(said):
        raise RatedAlready
    if (rating.helped, rating.stars, rating.words) == (said.helped, said.stars, said.words):
        return rating
    if not rating.takes(tx.now):
        raise RatingOver
    if said.words != rating.words:
        check_may_write(actor)
    after = replace(
        rating, helped=said.helped, stars=said.stars, words=said.words, answered_at=tx.now
    )
    storage.say(tx, after)
    if rating.helped is None:
        post_line(tx, Stream(after.conversation), RATED_LINES[said.helped], RatedLine())
        if not said.helped:
            _take_up_again(tx, actor, after)
    tx.announce(
        Rated(
            conversation=after.conversation,
            shop=after.shop,
            agent=after.agent,
            helped=said.helped,
            stars=said.stars,
        )
    )
    return after


def _take_up_again(tx: Tx, actor: Actor, rating: Rating) -> None:
    """Say in the thread that it is not solved: so it is the shop's turn, and the same agent's.

    Without words of their own, that is no writing: a block leaves it open.
    """
    if not rating.words:
        actor = replace(actor, barred=None)
    words = rating.words or text(rating.locale, "satisfaction.not_yet_said")
    entry = Append(rating.id, "message", {"text": words})
    conversations.append(tx, actor, Stream(rating.conversation), entry)


def _own(tx: Tx, actor: Actor, talk: ConversationId) -> Rating:
    """Return what ``actor`` was asked, with the conversation held; refuse all but the buyer."""
    conversations.entered(tx, actor, Stream(talk), hold=True)
    found = storage.of_talk(tx, talk)
    if found is None:
        raise NotAsked
    if actor.id != found.buyer or actor.side is not Side.BUYER:
        raise OnlyItsBuyerRates
    return found


def _shown(tx: Tx, rating: Rating, actor: Actor) -> Asked:
    shown = actor.id == rating.buyer and wants(tx, actor.id, KIND, Way.PRODUCT)
    more = rating.stars is None if rating.helped is not None else rating.declined_at is None
    return Asked(
        asked=more and shown and rating.takes(tx.now),
        helped=rating.helped,
        stars=rating.stars,
        words=rating.words,
        answered_at=rating.answered_at,
    )
