"""Team pages about what exists out there: accounts, posts, what people say."""

from django.urls import URLPattern, URLResolver, path

from platforms.views import accounts, connecting, inbox, posts, site_comments

app_name = "platforms"
urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/today/", accounts.accounts_today, name="accounts-today"),
    path("accounts/check/", accounts.check_all, name="accounts-check"),
    path("accounts/connect/", connecting.choose, name="connect"),
    path("accounts/connect/other/", connecting.add, name="account-add"),
    path("accounts/connect/save/<str:token>/", connecting.save, name="connect-save"),
    path("accounts/connect/found/<str:token>/", connecting.found, name="connect-found"),
    path("accounts/connect/<slug:platform>/", connecting.connect_platform, name="connect-platform"),
    path("accounts/connect/<slug:platform>/by-hand/", connecting.by_hand, name="connect-by-hand"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/rename/", accounts.rename, name="account-rename"),
    path("accounts/<int:pk>/check/", accounts.check, name="account-check"),
    path("accounts/<int:pk>/disconnect/", accounts.disconnect, name="account-disconnect"),
    path("accounts/<int:pk>/reconnect/", connecting.reconnect, name="account-reconnect"),
    path("posts/", posts.posts, name="posts"),
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/delete/", posts.delete, name="post-delete"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/today/", inbox.inbox_today, name="inbox-today"),
    path("inbox/<int:pk>/", inbox.conversation, name="conversation"),
    path("inbox/<int:pk>/messages/", inbox.messages, name="conversation-messages"),
    path("inbox/<int:pk>/side/", inbox.side, name="conversation-side"),
    path("inbox/<int:pk>/reply/", inbox.reply, name="reply"),
    path("inbox/<int:pk>/close/", inbox.close, name="conversation-close"),
    path("inbox/<int:pk>/reopen/", inbox.reopen, name="conversation-reopen"),
    path("inbox/<int:pk>/assign/", inbox.assign, name="conversation-assign"),
    path("inbox/replies/<int:pk>/again/", inbox.reply_again, name="reply-again"),
    path("inbox/replies/<int:pk>/sent/", inbox.reply_sent, name="reply-sent"),
    path("inbox/replies/<int:pk>/drop/", inbox.reply_drop, name="reply-drop"),
    path("site/comments/", site_comments.comments, name="site-comments"),
    path("site/comments/<int:pk>/show/", site_comments.show_comment, name="site-comment-show"),
    path("site/comments/<int:pk>/hide/", site_comments.hide_comment, name="site-comment-hide"),
]
