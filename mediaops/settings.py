"""One settings file; every choice that differs between machines comes from the environment."""

from pathlib import Path

import environ
import structlog

from mediaops import clock, env
from mediaops.lib import logs, redis_server

BASE_DIR = Path(__file__).resolve().parent.parent
env.read_env_file(BASE_DIR / ".env")
VAR_DIR = Path(env.text("VAR_DIR") or BASE_DIR / "var").absolute()

# What kind of installation this is
DEBUG = env.flag("DEBUG")
SITE_URL = env.address("SITE_URL", "http://127.0.0.1:8000")
ALLOW_LOCAL_SERVERS = env.flag("ALLOW_LOCAL_SERVERS")
SECURE = SITE_URL.startswith("https://")

# Secrets: from the environment, or made once and kept under var/
SECRET_KEY = env.secret("SECRET_KEY", VAR_DIR)
SEALING_KEYS = env.sealing_keys("SEALING_KEYS", VAR_DIR)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", f"{env.host_of(SITE_URL)},localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Applications
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "mediaops",
    "platforms",
    "campaigns",
    "content",
    "analytics",
]

MIDDLEWARE = [
    "mediaops.middleware.true_address",
    "mediaops.middleware.request_number",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mediaops.middleware.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mediaops.middleware.members_ways",
    "django_htmx.middleware.HtmxMiddleware",
    "mediaops.middleware.user_errors",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "mediaops.urls"
WSGI_APPLICATION = "mediaops.wsgi.application"
ASGI_APPLICATION = "mediaops.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "mediaops.context.team",
                "platforms.context.sidebar",
                "campaigns.context.sidebar",
            ],
            "builtins": ["mediaops.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# Database
DATABASES = {"default": env.database("DATABASE_URL", VAR_DIR / "mediaops.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: broker, cache
REDIS_URL = env.redis_address("REDIS_URL", redis_server.socket_path(VAR_DIR))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "mediaops",
    }
}
CELERY_BROKER_URL = env.broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = clock.beat_schedule()
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 230_000  # kB; a child that grew is replaced between two tasks
CELERY_TASK_DEFAULT_QUEUE = env.text("CELERY_QUEUE", "mediaops")
CELERY_WORKER_CONCURRENCY = env.number("WORKERS", 2, least=1)
PLATFORM_TIMEOUT_S = env.number("PLATFORM_TIMEOUT_S", 20, least=1)  # how long a platform may be silent in a call
PUBLISH_LEASE_S = env.number("PUBLISH_LEASE_S", 15, least=1)  # a worker silent for longer is taken for dead
PLATFORM_ADDRESSES = {
    "wechat": env.address("WECHAT_API", "https://api.weixin.qq.com"),
    "weibo": env.address("WEIBO_API", "https://api.weibo.com"),
    "douyin": env.address("DOUYIN_API", "https://open.douyin.com"),
}

# People
AUTH_USER_MODEL = "mediaops.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "mediaops.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "mediaops.views.sign_in.locked_out"
AXES_USERNAME_FORM_FIELD = "username"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

# Words and time
LANGUAGE_CODE = env.text("LANGUAGE", "zh-hans")
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.text("MEDIA_ROOT") or VAR_DIR / "media")
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_MANIFEST_STRICT = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
VIDEO_MAX_BYTES = env.number("VIDEO_MAX_MB", 1024, least=1) * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
IMPORT_MAX_MB = env.number("IMPORT_MAX_MB", 50, least=1)

# E-mail
if email_url := env.text("EMAIL_URL"):
    vars().update(environ.Env.email_url_config(email_url))
else:
    EMAIL_BACKEND = "mediaops.lib.printed_mail.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"Mediaops <mediaops@{env.host_of(SITE_URL)}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Safety
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = SECURE and env.flag("SSL_REDIRECT", True)
BEHIND_PROXY = env.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # our own pages show previews of posts in frames
CSRF_FAILURE_VIEW = "mediaops.views.errors.csrf_failure"

# REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["mediaops.api.auth.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["mediaops.api.permissions.HasRight"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "mediaops.api.pages.Pages",
    "DEFAULT_FILTER_BACKENDS": ["mediaops.api.filters.TeamFilters", "mediaops.api.filters.Order"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["mediaops.api.throttle.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": env.text("API_RATE", "600/min")},
    "EXCEPTION_HANDLER": "mediaops.api.problems.problem",
    "DEFAULT_VERSIONING_CLASS": None,
    "NUM_PROXIES": 0,  # the middleware has put the true address in place
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Mediaops",
    "DESCRIPTION": "Plan, approve, publish, answer, measure: the REST API of a media-operations team.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "docExpansion": "none",
        "filter": True,
        "deepLinking": True,
        "defaultModelsExpandDepth": -1,
    },
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ItemState": "content.models.item.ItemState",
        "IdeaState": "content.models.idea.IdeaState",
        "PublicationState": "content.models.publication.State",
        "CampaignState": "campaigns.models.campaign.State",
        "CollaborationState": "campaigns.models.collaboration.Stage",
        "TaskState": "campaigns.models.task.TaskState",
        "MediaKind": "content.models.asset.AssetKind",
        "PartnerKind": "campaigns.models.partner.PartnerKind",
        "Weekday": "content.models.slot.Weekday",
        "BrandRuleKind": "content.models.brand.RuleKind",
        "AccountState": "platforms.models.account.Health",
        "NoticeLevel": "mediaops.models.notice.Notice.Level",
        "ProblemLevel": ["stop", "warn"],
        "ImportState": "analytics.models.imported_file.ImportState",
        "ImportedRowState": "analytics.models.imported_file.RowState",
        "TableKind": "analytics.models.imported_file.TableKind",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "mediaops.api.schema.add_problems",
    ],
}

# Logs: one JSON line each, or readable ones on a terminal; never a secret
LOG_JSON = env.flag("LOG_JSON", not DEBUG)
_shared = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    logs.hide_secrets,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False) if LOG_JSON else logs.plain_line,
            ],
        }
    },
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["out"], "level": env.level("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "INFO"},
        "django.server": {"handlers": [], "propagate": True, "level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker": {"level": "WARNING"},
        "celery.apps.worker": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.pool": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "PIL": {"level": "WARNING"},
    },
}
