"""What exists out there: accounts, posts, what people said. Modules import downwards in this order."""

from platforms.models.account import Account
from platforms.models.credential import Credential
from platforms.models.message import Conversation, Message
from platforms.models.post import Post
from platforms.models.reply import Reply

__all__ = ["Account", "Conversation", "Credential", "Message", "Post", "Reply"]
