"""What exists out there: accounts, posts, what people said. Modules import downwards in this order."""

from platforms.models.account import Account
from platforms.models.auto_reply import AutoReply
from platforms.models.callback import AccountEvent, CallbackEvent, TicketNews
from platforms.models.contact import Contact, ContactBook, ContactTag
from platforms.models.credential import Credential
from platforms.models.menu import Menu
from platforms.models.message import Conversation, Message
from platforms.models.post import Post
from platforms.models.reply import Reply
from platforms.models.site import Article, ArticleDay, ArticleTag, SiteComment, SiteImage, SiteKey

__all__ = [
    "Account",
    "AccountEvent",
    "Article",
    "ArticleDay",
    "ArticleTag",
    "AutoReply",
    "CallbackEvent",
    "Contact",
    "ContactBook",
    "ContactTag",
    "Conversation",
    "Credential",
    "Menu",
    "Message",
    "Post",
    "Reply",
    "SiteComment",
    "SiteImage",
    "SiteKey",
    "TicketNews",
]
