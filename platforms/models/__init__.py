"""What exists out there: accounts, posts, what people said. Modules import downwards in this order."""

from platforms.models.account import Account
from platforms.models.credential import Credential
from platforms.models.message import Conversation, Message
from platforms.models.post import Post
from platforms.models.reply import Reply
from platforms.models.site import Article, ArticleDay, ArticleTag, SiteComment, SiteImage, SiteKey

__all__ = [
    "Account",
    "Article",
    "ArticleDay",
    "ArticleTag",
    "Conversation",
    "Credential",
    "Message",
    "Post",
    "Reply",
    "SiteComment",
    "SiteImage",
    "SiteKey",
]
