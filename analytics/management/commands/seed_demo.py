"""The demo workspace: one team's twelve weeks, made by a seeded generator.

All figures are invented and the workspace is marked as a demo. Nothing in it publishes outside the
machine: its own site is the only account with credentials.
"""

import io
import math
import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from analytics.actions import collecting, importing, reporting, rolling
from analytics.management.demo_words import (
    ALLOWED,
    BRAND_RULES,
    PERSONAS,
    PIECES,
    PILLARS,
    SITE_COMMENTS,
    TALKS,
    Piece,
)
from analytics.models import AccountFigures, AccountSnapshot, ImportedFile, PostFigures, PostSnapshot
from campaigns.actions import assigning, linking, partnering, phasing, running, spending
from campaigns.models import BudgetLine, Campaign, Collaboration, Expense, LinkDay
from content.actions import assets, branding, drafting, fitting, planning, publishing, reviewing, slotting
from content.asset_refs import asset_path
from content.compose import compose
from content.markdown import to_html
from content.models import Attempt, ContentItem, Persona, Pillar, Publication, Variant
from content.models.attempt import Outcome
from content.models.publication import State
from mediaops import env
from mediaops.actions import notices
from mediaops.actions.activity import record
from mediaops.lib.periods import week_of
from mediaops.models import Activity, Membership, Notice, Role, User, Workspace
from platforms.actions import connecting, inbox, posting, site
from platforms.connectors.by_hand import Channels, Xiaohongshu
from platforms.connectors.douyin import Douyin
from platforms.connectors.remote import RemoteMessage, RemotePost
from platforms.connectors.wechat import OfficialAccount
from platforms.connectors.weibo import Weibo
from platforms.connectors.wordpress import WordPress
from platforms.models import Account, Article, ArticleDay, Post
from platforms.models.account import Health, Relation

SEED = 20261023
WEEKS = 12
ZONE = ZoneInfo("Asia/Shanghai")

PEOPLE = [
    ("owner", Role.OWNER, "林岚"),
    ("manager", Role.MANAGER, "周屿"),
    ("editor", Role.EDITOR, "许言"),
    ("operator", Role.OPERATOR, "陈栩"),
    ("analyst", Role.ANALYST, "沈乔"),
    ("viewer", Role.VIEWER, "Mara Ellis"),
]


class Command(BaseCommand):
    help = "Makes the demo workspace anew; with --once only when it is not there."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="Leave an existing demo as it is.")

    def handle(self, *args: Any, **options: Any) -> None:
        known = Workspace.objects.filter(slug="demo").first()
        if known is not None and options["once"]:
            return
        if known is not None and not known.is_demo:
            self.stderr.write("The workspace “demo” is not the demo's own; it is left as it is.")
            return
        self.stdout.write("making the demo workspace")
        with transaction.atomic():
            if known is not None:
                forget(known)
            Demo(timezone.now()).make()


def forget(workspace: Workspace) -> None:
    """Remove the old demo with everything in it."""
    Publication.objects.in_workspace(workspace).delete()
    Variant.objects.in_workspace(workspace).delete()
    ContentItem.objects.in_workspace(workspace).delete()
    Expense.objects.in_workspace(workspace).delete()
    BudgetLine.objects.in_workspace(workspace).delete()
    Collaboration.objects.in_workspace(workspace).delete()
    workspace.delete()


class Demo:
    """Makes the rows in the order of the line; every choice comes from one seeded generator."""

    def __init__(self, now: datetime) -> None:
        self.now = now.replace(second=0, microsecond=0)
        self.dice = random.Random(SEED)  # noqa: S311
        self.today = self.now.astimezone(ZONE).date()
        self.people: dict[str, Membership] = {}
        self.accounts: dict[str, Account] = {}

    def make(self) -> None:
        self.make_team()
        self.make_accounts()
        self.make_strategy()
        self.make_pictures()
        self.make_campaigns()
        self.make_past()
        self.make_coming()
        self.make_problems()
        self.make_ideas()
        self.make_talks()
        self.make_followers()
        self.make_days()
        self.make_partners()
        self.make_brand()
        self.import_file()
        self.make_reports()
        self.read_notices()

    def make_team(self) -> None:
        password = env.demo_password(settings.VAR_DIR)
        made_at = self.now - timedelta(weeks=WEEKS + 1)
        self.workspace = Workspace.objects.create(
            name="岚序茶饮（演示）", slug="demo", is_demo=True, time_zone=str(ZONE), made_at=made_at
        )
        for key, role, name in PEOPLE:
            email = f"{key}@demo.example"
            user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)
            user.set_password(password)
            user.wants_email = False
            user.save(update_fields=["password", "wants_email"])
            self.people[key] = Membership.objects.create(
                workspace=self.workspace, user=user, role=role, joined_at=made_at
            )

    def make_accounts(self) -> None:
        owner, then = self.people["owner"], self.now - timedelta(weeks=WEEKS)
        self.accounts["site"] = site.open_site(self.workspace, by=owner, now=then)
        hand = [
            ("wechat", OfficialAccount, "岚序茶饮", "lanxucha"),
            ("weibo", Weibo, "@岚序茶饮", "lanxu-weibo"),
            ("douyin", Douyin, "岚序茶饮", "lanxu-douyin"),
            ("red", Xiaohongshu, "岚序茶饮", "lanxu-red"),
            ("channels", Channels, "岚序茶饮", "lanxu-channels"),
        ]
        for key, kind, name, handle in hand:
            about = {"name": name, "url": f"https://out.lanxu.example/{handle}"}
            self.accounts[key] = connecting.connect_by_hand(
                self.workspace, kind.spec.key, by=owner, now=then, **about
            )
        others = [
            ("friend", Douyin, Relation.PARTNER, "阿岑的茶桌", "acen"),
            ("table", Weibo, Relation.PARTNER, "周末茶桌", "weekend-table"),
            ("rival", Xiaohongshu, Relation.WATCHED, "南山读茶", "nanshan"),
        ]
        for key, kind, relation, name, handle in others:
            self.accounts[key] = connecting.add_account(
                self.workspace, kind.spec.key, relation=relation, name=name, handle=handle, by=owner, now=then
            )
        self.accounts["journal"] = Account.objects.create(
            workspace=self.workspace,
            platform=WordPress.spec.key,
            remote_id="journal.lanxu.example",
            name="Lanxu Journal",
            handle="journal.lanxu.example",
            state=Health.EXPIRED,
            failing_since=self.now - timedelta(hours=11),
            **told(
                "Lanxu Journal 不再接受我们的应用密码。",
                "Lanxu Journal does not accept our application password any more.",
            ),
            made_by=owner,
            made_at=then,
            checked_at=self.now - timedelta(hours=11),
        )
        for key, hours in {
            "site": (12, 20),
            "wechat": (20,),
            "weibo": (12, 18),
            "douyin": (18,),
            "red": (10,),
        }.items():
            for hour in hours:
                slotting.add_slots(self.accounts[key], [0, 2, 4] if key != "site" else range(7), time(hour), by=owner)

    def make_strategy(self) -> None:
        make = Pillar.objects.create
        self.pillars = [make(workspace=self.workspace, name=n, description=d, share=s) for n, d, s in PILLARS]
        keep = Persona.objects.create
        self.personas = [keep(workspace=self.workspace, name=n, description=d) for n, d in PERSONAS]

    def make_pictures(self) -> None:
        names = ["竹匾里歇火的乌龙", "满觉陇的桂花", "焙火间的清晨", "盖碗与三只杯", "门店的雨天", "A pot of oolong"]
        self.pictures = []
        for name in names:
            data = io.BytesIO()
            draw_picture(self.dice).save(data, "JPEG", quality=86)
            data.seek(0)
            added = assets.add_asset(
                data, f"{name}.jpg", alt_text=name, by=self.people["editor"], now=self.now - timedelta(weeks=WEEKS)
            )
            self.pictures.append(added.asset)

    def make_campaigns(self) -> None:
        manager, first = self.people["manager"], self.today - timedelta(days=18)
        self.season = running.start_campaign(
            self.workspace,
            by=manager,
            now=self.now - timedelta(days=30),
            name="桂花乌龙季",
            goal="让人记住「三道火」，新品首月卖出 6,000 盒。",
            brief="给谁：25–40 岁，自己喝也送长辈。\n说什么：桂花只等第三茬，茶要过三道火。不说「最」，不比别家。",
            starts_on=first,
            ends_on=first + timedelta(days=32),
            owner=manager,
        )
        running.move_campaign(self.season, "running", by=manager)
        for name, start, days in (("预热", 0, 15), ("KOL 探访", 7, 14), ("围炉煮茶场", 21, 3), ("开售", 25, 8)):
            at = first + timedelta(days=start)
            ends_on = at + timedelta(days=days - 1)
            phasing.add_phase(self.season, by=manager, name=name, starts_on=at, ends_on=ends_on)
        self.winter = running.start_campaign(
            self.workspace,
            by=manager,
            now=self.now - timedelta(days=6),
            name="围炉冬日",
            goal="六场围炉煮茶，240 人到场。",
            brief="每周六一场，先在门店，再到书店。",
            starts_on=self.today + timedelta(days=9),
            ends_on=self.today + timedelta(days=50),
            owner=self.people["operator"],
        )
        lines = [
            ("KOL 合作", 36000, 21600),
            ("拍摄与制作", 18000, 15200),
            ("场地与物料", 16000, 6000),
            ("投放", 10000, 4000),
        ]
        for name, planned, spent in lines:
            line = spending.plan_line(self.season, name=name, planned_amount=Decimal(planned), by=manager)
            day = first + timedelta(days=5)
            spending.spend(line, by=manager, now=self.now, amount=Decimal(spent), day=day, note="到今天")
        tasks = [
            ("和「周末茶桌」确认第二条视频的脚本", "operator", 0, self.season),
            ("围炉煮茶场：核对 40 位报名者名单", "operator", 2, self.winter),
            ("开售页上的追踪链接换成正式版", "editor", 3, self.season),
            ("收集门店反馈，写进复盘", "manager", 9, self.season),
            ("礼盒外箱加一层护角", "operator", -1, None),
        ]
        for title, who, days, campaign in tasks:
            assigning.give_task(
                self.workspace,
                by=manager,
                now=self.now,
                title=title,
                assignee=self.people[who],
                due_on=self.today + timedelta(days=days),
                campaign=campaign,
            )

    def write(self, number: int, at: datetime, *, campaign: Campaign | None = None) -> ContentItem:
        piece = piece_of(number)
        picture = self.pictures[number % len(self.pictures)]
        body = piece.body.format(alt=picture.alt_text, picture=asset_path(picture, self.workspace))
        item = drafting.create_item(
            self.workspace,
            by=self.people["editor"],
            now=at,
            title=piece.title,
            summary=piece.summary,
            body=body,
            cover=picture,
            tags=["oolong", "tea"] if piece.language == "en" else ["乌龙", PILLARS[piece.pillar][0]],
            pillar=self.pillars[piece.pillar],
            campaign=campaign,
            owner=self.people["editor"],
        )
        item.personas.add(self.personas[2] if piece.language == "en" else self.dice.choice(self.personas[:2]))
        return item

    def fit(self, item: ContentItem, keys: list[str], at: datetime) -> list[Variant]:
        return [fitting.add_variant(item, self.accounts[key], by=self.people["editor"], now=at) for key in keys]

    def agree(self, item: ContentItem, at: datetime) -> None:
        reviewing.submit(item, by=self.people["editor"], now=at)
        item.refresh_from_db()
        reviewing.approve(item, by=self.people["manager"], now=at + timedelta(hours=3))
        item.refresh_from_db()

    def publication(self, variant: Variant, due_at: datetime, **fields: Any) -> Publication:
        return Publication.objects.create(
            **{
                "variant": variant,
                "due_at": due_at,
                "attempt_after": due_at,
                "made_at": min(due_at, self.now) - timedelta(days=2),
                "made_by": self.people["operator"],
            }
            | fields
        )

    def make_past(self) -> None:
        """Twelve weeks of pieces that are out, each with its post and its growing figures."""
        start = week_of(self.today - timedelta(weeks=WEEKS)).first
        choices = [
            ["site", "wechat"],
            ["weibo", "red"],
            ["douyin", "channels"],
            ["site", "weibo"],
            ["wechat", "douyin"],
        ]
        number = 0
        for week in range(WEEKS + 1):
            for weekday, hour in ((0, 12), (2, 18), (3, 20), (5, 10)):
                at = moment(start + timedelta(weeks=week, days=weekday), hour)
                if at > self.now - timedelta(hours=2):
                    continue
                in_season = self.season.starts_on <= at.astimezone(ZONE).date()
                item = self.write(number, at - timedelta(days=3), campaign=self.season if in_season else None)
                keys = choices[number % len(choices)] if piece_of(number).language == "zh" else ["site", "weibo"]
                for variant in self.fit(item, keys, at - timedelta(days=3)):
                    self.make_live(
                        item, variant, at, quality=self.dice.lognormvariate(0, 0.6), growth=1 + week * 0.05
                    )
                self.approve_quietly(item, at)
                number += 1
        self.number = number

    def approve_quietly(self, item: ContentItem, at: datetime) -> None:
        self.agree(item, at - timedelta(days=1))

    def make_live(self, item: ContentItem, variant: Variant, at: datetime, *, quality: float, growth: float) -> None:
        row = self.publication(variant, at, claimed_at=at, settled_at=at, tries=1)
        url = f"https://out.lanxu.example/{row.pk}"
        if variant.account == self.accounts["site"]:
            url = self.make_article(item, row, at)
        remote = RemotePost(remote_id=row.key, url=url, published_at=at, title=item.title, text=item.summary)
        post = posting.record_post(variant.account, remote, first_seen="published", now=at)
        Publication.objects.filter(pk=row.pk).update(state=State.LIVE, post=post)
        Attempt.objects.create(
            publication=row,
            number=1,
            started_at=at,
            ended_at=at + timedelta(seconds=1),
            outcome=Outcome.LIVE,
            sent=publishing.as_sent(row, compose(variant)),
        )
        self.make_figures(post, quality * growth)

    def make_article(self, item: ContentItem, row: Publication, at: datetime) -> str:
        picture, _new = site.store_image(self.workspace, item.cover.file.open().read(), now=at)
        html = to_html(item.body).replace(asset_path(item.cover, self.workspace), picture.get_absolute_url())
        draft = site.Draft(
            title=item.title,
            html=html,
            summary=item.summary,
            author="Xu Yan" if item.title.isascii() else "许言",
            cover=picture.get_absolute_url(),
            cover_alt=item.cover.alt_text,
            tags=item.tags,
            language="en" if item.title.isascii() else "zh-hans",
        )
        article, _is_new = site.publish(self.workspace, row.key, draft, now=at)
        return f"{settings.SITE_URL}{article.get_absolute_url()}"

    def make_figures(self, post: Post, size: float) -> None:
        """Cumulative counters that grow fast, then slowly; what the platform does not tell stays unknown."""
        scale = {"site": 420, "wechat": 5200, "weibo": 6100, "douyin": 21000, "red": 4800, "channels": 3200}
        key = next(key for key, account in self.accounts.items() if account.pk == post.account_id)
        final = scale.get(key, 3000) * size
        taste = [self.dice.lognormvariate(0, 0.4) for _kind in range(4)]
        rows = []
        for hours in (1, 6, 24, 48, 96, 168, 336, 720, 1440):
            at = post.published_at + timedelta(hours=hours)
            if at > self.now:
                break
            views = int(final * (1 - math.exp(-((hours / 60) ** 0.55))))
            likes, shares, saves, comments = (
                int(views * rate * liked) for rate, liked in zip((0.034, 0.006, 0.012, 0.004), taste, strict=True)
            )
            if key == "site":
                likes = shares = saves = None
            rows.append(
                PostSnapshot(
                    post=post, taken_at=at, views=views, likes=likes, comments=comments, shares=shares, saves=saves
                )
            )
        PostSnapshot.objects.bulk_create(rows)
        if not rows:
            return
        last = rows[-1]
        PostFigures.objects.create(
            post=post,
            taken_at=last.taken_at,
            next_at=self.now + timedelta(hours=6) if key == "site" else None,
            **{name: getattr(last, name) for name in ("views", "likes", "comments", "shares", "saves")},
        )
        if key == "site":
            self.show_views(post, last.views or 0)

    def show_views(self, post: Post, views: int) -> None:
        """The site itself counts the same views, so that its next reading goes on from here."""
        article = Article.objects.get(workspace=self.workspace, key=post.remote_id)
        Article.objects.filter(pk=article.pk).update(views=views)
        day = post.published_at.astimezone(ZONE).date()
        ArticleDay.objects.create(article=article, day=day, views=views, visitors=int(views * 0.8))

    def make_coming(self) -> None:
        """The next two weeks: approved and planned, in review, sent back, drafts."""
        plans = [
            (["site"], 9, 2, "planned"),
            (["wechat"], 20, 1, "planned"),
            (["weibo"], 12, 2, "planned"),
            (["red"], 10, 4, "planned"),
            (["site", "weibo"], 20, 5, "planned"),
            (["douyin"], 18, 7, "planned"),
            (["site"], 12, 9, "planned"),
            (["wechat", "channels"], 20, 10, "tray"),
            (["site"], 12, 0, "tray"),
            (["weibo"], 12, 0, "review"),
            (["wechat", "site"], 12, 0, "review"),
            (["red"], 12, 0, "changes"),
            (["douyin"], 12, 0, "draft"),
            (["site"], 12, 0, "draft"),
        ]
        for keys, hour, days, stage in plans:
            written = self.now - timedelta(days=self.dice.randint(1, 4), hours=self.dice.randint(0, 6))
            item = self.write(self.number, written, campaign=self.season if stage == "planned" else None)
            variants = self.fit(item, keys, written)
            if stage in ("planned", "tray"):
                self.agree(item, written)
            if stage == "planned":
                for variant in variants:
                    row = self.publication(variant, moment(self.today + timedelta(days=days), hour))
                    record(by=self.people["operator"], verb="publication.planned", subject=row)
            if stage in ("review", "changes"):
                reviewing.submit(item, by=self.people["editor"], now=written, note="开头改短了，请看第二段。")
            if stage == "changes":
                item.refresh_from_db()
                reviewing.request_changes(
                    item, by=self.people["manager"], now=self.now, note="开头和上周重复；「最暖胃」要改。"
                )
            self.number += 1

    def make_problems(self) -> None:
        """What a person has to decide today: failed, unsure, by hand, too late."""
        cases: list[tuple[str, str, timedelta, dict[str, Any]]] = [
            ("journal", "秋天第一炉", timedelta(hours=13), {
                **told(
                    "Lanxu Journal 收下了内容，20 秒没有答复，连接断了。",
                    "Lanxu Journal took the piece, said nothing for 20 seconds, and the connection broke.",
                ),
                "state": State.UNSURE,
                "claimed_at": self.now - timedelta(hours=13),
                "way_out": "look",
            }),
            ("journal", "桂花乌龙开售倒计时 3 天", timedelta(hours=3), {
                **told(
                    "Lanxu Journal 的授权已失效。重新接入后再发。",
                    "Lanxu Journal signed us out. Connect it anew, then send again.",
                ),
                "state": State.FAILED,
                "way_out": "reconnect",
            }),
            ("red", "桂花乌龙的 5 种喝法", timedelta(minutes=20), {"state": State.BY_HAND}),
            ("site", "一封产地来信", timedelta(hours=5), {"late_at": self.now - timedelta(hours=4)}),
        ]  # fmt: skip
        for key, title, ago, fields in cases:
            item = self.write(self.number, self.now - timedelta(days=2))
            ContentItem.objects.filter(pk=item.pk).update(title=title)
            item.refresh_from_db()
            [variant] = self.fit(item, [key], self.now - timedelta(days=2))
            self.agree(item, self.now - timedelta(days=2))
            row = self.publication(variant, self.now - ago, told_at=self.now - ago, **fields)
            record(by=self.people["operator"], verb="publication.planned", subject=row)
            if fields.get("state") in (State.UNSURE, State.FAILED):
                outcome = Outcome.UNKNOWN if fields["state"] == State.UNSURE else Outcome.RECONNECT
                Attempt.objects.create(
                    publication=row,
                    number=1,
                    started_at=row.due_at,
                    ended_at=row.due_at + timedelta(seconds=20),
                    outcome=outcome,
                    problem=row.problem,
                    problem_in=row.problem_in,
                    sent=publishing.as_sent(row, compose(variant)),
                )
            self.number += 1
        notices.notify(
            [self.people["owner"]],
            kind="account.expired",
            key="demo-journal",
            level=Notice.Level.URGENT,
            text="Lanxu Journal 授权已失效，1 条内容在等。",
            way_out="重新接入后按原时间发出。",
            url="/w/demo/accounts/",
        )

    def make_ideas(self) -> None:
        ideas = [
            ("冬至围炉：三种炭火三种香", 88, "chosen", 2),
            ("茶席布置的十个小错误", 74, "new", 0),
            ("为什么我们不说「最好喝」", 69, "new", 1),
            ("雨天门店的声音", 63, "new", 1),
            ("Oolong for coffee drinkers", 81, "chosen", 0),
            ("一位客人的七年", 77, "new", 1),
            ("茶包盲测", 58, "parked", 0),
        ]
        for title, score, state, pillar in ideas:
            idea = planning.add_idea(
                self.workspace,
                by=self.people["operator"],
                now=self.now - timedelta(days=self.dice.randint(1, 20)),
                title=title,
                score=score,
                pillar=self.pillars[pillar],
                owner=self.people[self.dice.choice(["editor", "operator"])],
            )
            if state != "new":
                planning.move_idea(idea, state, by=self.people["manager"], now=self.now)

    def make_talks(self) -> None:
        """What people say: on the site, some answered and some waiting for a moderator; and elsewhere."""
        articles = list(Article.objects.filter(workspace=self.workspace).order_by("-published_at")[:5])
        account = self.accounts["site"]
        for n, (name, text, words) in enumerate(SITE_COMMENTS):
            article = articles[n % len(articles)]
            at = max(article.published_at + timedelta(minutes=40), self.now - timedelta(hours=3 + n * 7))
            comment = site.add_comment(article, name, text, now=at)
            if n % 3:
                site.show_comment(comment, by=self.people["operator"], now=at + timedelta(minutes=20))
            said = [talk(comment, article)]
            if words:
                answered_at = min(at + timedelta(minutes=24 + n * 5), self.now)
                reply, _new = site.answer(comment, words, name="岚序茶饮", now=answered_at)
                said.append(talk(reply, article, root=comment))
            inbox.take_in(account, said, self.now)
        self.make_other_talks()

    def make_other_talks(self) -> None:
        for n, (key, kind, name, hours, text, words) in enumerate(TALKS):
            account, at = self.accounts[key], self.now - timedelta(hours=hours, minutes=n * 7)
            post = account.posts.order_by("-published_at").first() if kind == "comment" else None
            about = {"kind": kind, "thread_id": f"demo-{n}", "post_id": post.remote_id if post else ""}
            said = [
                RemoteMessage(remote_id=f"demo-{n}-1", text=text, at=at, author_id=name, author_name=name, **about)
            ]
            if words:
                late = at + timedelta(minutes=55)
                said.append(
                    RemoteMessage(
                        remote_id=f"demo-{n}-2", text=words, at=late, author_id="", author_name=account.name,
                        reply_to=f"demo-{n}-1", is_own=True, **about,
                    )
                )  # fmt: skip
            inbox.take_in(account, said, self.now)

    def make_followers(self) -> None:
        start = {"wechat": 48120, "weibo": 90850, "douyin": 178900, "red": 63100, "channels": 12400}
        for key, count in start.items():
            account, rows = self.accounts[key], []
            for day in range(WEEKS * 7 + 1):
                count += int(self.dice.gauss(count * 0.0006, count * 0.0004))
                at = moment(self.today - timedelta(days=WEEKS * 7 - day), 6)
                if at <= self.now:
                    rows.append(AccountSnapshot(account=account, taken_at=at, followers=count))
            AccountSnapshot.objects.bulk_create(rows)
            AccountFigures.objects.create(account=account, followers=count, taken_at=rows[-1].taken_at)

    def make_days(self) -> None:
        first = self.today - timedelta(weeks=WEEKS + 1)
        every = [moment(first + timedelta(days=n), 12) for n in range((self.today - first).days + 1)]
        for account in Account.objects.in_workspace(self.workspace).select_related("workspace"):
            posts = list(account.posts.values_list("pk", flat=True))
            if posts or account.relation == Relation.OWN:
                rolling.roll_post_days(account, posts)
                rolling.roll_account_days(account, every)

    def make_partners(self) -> None:
        by, then = self.people["manager"], self.now - timedelta(days=20)
        deals = [
            ("阿岑的茶桌", "friend", "探访视频 1 条", 12000, "delivered", 214880),
            ("周末茶桌", "table", "视频 2 条", 9600, "agreed", None),
        ]
        for name, key, title, cost, stage, views in deals:
            partner = partnering.add_partner(
                self.workspace, by=by, now=then, name=name, kind="kol", contact="微信：见通讯录"
            )
            partnering.add_channel(
                partner,
                by=by,
                name=name,
                account=self.accounts[key],
                followers=self.dice.randint(30000, 400000),
                price_amount=Decimal(cost),
            )
            deal = partnering.propose(
                partner,
                by=by,
                now=then,
                title=title,
                campaign=self.season,
                cost_amount=Decimal(cost),
                owner=self.people["operator"],
            )
            partnering.move_collaboration(deal, "agreed", by=by)
            piece = partnering.owe(deal, by=by, title=title, due_on=self.today - timedelta(days=3))
            if views:
                at = self.now - timedelta(days=5)
                remote = RemotePost(f"demo-{key}", f"https://out.lanxu.example/{key}", at, title="去看了三道火")
                post = posting.record_post(self.accounts[key], remote, first_seen="synced", now=at)
                PostSnapshot.objects.create(
                    post=post, taken_at=self.now, views=views, likes=9120, comments=640, shares=880
                )
                PostFigures.objects.create(
                    post=post, taken_at=self.now, views=views, likes=9120, comments=640, shares=880
                )
                partnering.deliver(piece, post, by=by, now=at)
                partnering.move_collaboration(deal, stage, by=by)
        link = linking.make_link(
            self.workspace,
            by=self.people["operator"],
            now=then,
            name="开售页",
            target=f"{settings.SITE_URL}/site/demo/",
            campaign=self.season,
        )
        for n in range(18):
            LinkDay.objects.create(
                link=link, day=self.today - timedelta(days=18 - n), clicks=int(abs(self.dice.gauss(480, 120)))
            )

    def make_brand(self) -> None:
        """Rules of wording of a tea house: what not to write, how to write its names, what must be there."""
        manager, at = self.people["manager"], self.now - timedelta(weeks=9)
        for kind, phrase, fields in BRAND_RULES:
            branding.add_rule(self.workspace, {"kind": kind, "phrase": phrase, **fields}, by=manager, now=at)
        for phrase, reason in ALLOWED:
            branding.allow_phrase(self.workspace, phrase, reason=reason, by=manager, now=at)

    def import_file(self) -> None:
        """An export of Douyin's back office, imported: its newest figures, and one row that nobody knows."""
        account, analyst = self.accounts["douyin"], self.people["analyst"]
        lines = ["作品名称,发布时间,播放量,完播率,5s完播率,点赞量,分享量,评论量,收藏量,粉丝增量"]
        known = PostFigures.objects.filter(post__account=account).exclude(views=None).select_related("post")
        for row in known.order_by("-post__published_at")[:9]:
            at = f"{row.post.published_at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
            rates = f"{self.dice.uniform(0.06, 0.2):.6f},{self.dice.uniform(0.3, 0.5):.6f}"
            counts = [row.views + self.dice.randint(20, 200), row.likes, row.shares, row.comments, row.saves or 0]
            shown = [str(counts[0]), rates, *map(str, counts[1:]), str(self.dice.randint(3, 40))]
            lines.append(",".join([row.post.title, at, *shown]))
        when = self.now.astimezone(ZONE) - timedelta(days=3)
        lines.append(f"直播预告：围炉夜话,{when:%Y-%m-%d} 19:30:00,2184,0.0912,0.371,96,12,31,8,5")
        name, content = f"抖音作品列表_{self.today:%Y%m%d}.csv", "\n".join(lines).encode("gb18030")
        now = self.now - timedelta(minutes=50)
        export = importing.add_file(io.BytesIO(content), name, len(content), by=analyst, now=now).imported

        def work(step: Callable[[ImportedFile, datetime], None]) -> None:
            if claimed := importing.claim(export.pk, now):
                step(claimed, now)
            export.refresh_from_db()

        work(importing.read_file)
        importing.choose(export, account=account, as_of=now, makes_posts=False, now=now)
        work(importing.read_file)
        importing.confirm(export, by=analyst, now=now)
        work(importing.import_rows)

    def make_reports(self) -> None:
        reporting.subscribe(self.people["manager"], self.now)
        last = week_of(self.today - timedelta(days=7))
        for weeks in (2, 1, 0):
            week = week_of(last.first - timedelta(weeks=weeks))
            reporting.make_report(self.workspace, week, by=self.people["analyst"], now=self.now)
        collecting.know_new(self.now)

    def read_notices(self) -> None:
        """Everybody has read what was told, but for the latest three; the trail runs through the twelve weeks."""
        for person in self.people.values():
            for n, notice in enumerate(person.notices.all()):
                at = self.now - timedelta(hours=1 + 5 * n)
                person.notices.filter(pk=notice.pk).update(at=at, read_at=at if n >= 3 else None)
        rows = Activity.objects.in_workspace(self.workspace).order_by("pk")
        every, start = list(rows.values_list("pk", flat=True)), self.now - timedelta(weeks=WEEKS)
        step = (self.now - start) / max(len(every), 1)
        Activity.objects.bulk_update([Activity(pk=pk, at=start + step * n) for n, pk in enumerate(every, 1)], ["at"])


def told(chinese: str, english: str) -> dict[str, Any]:
    """Return a reason as rows keep it, in both languages."""
    return {"problem": chinese, "problem_in": {"zh-hans": chinese, "en": english}}


def piece_of(number: int) -> Piece:
    """Return the piece that is written as the `number`-th; after all of them the first comes again."""
    return PIECES[number % len(PIECES)]


def talk(comment: Any, article: Article, *, root: Any = None) -> RemoteMessage:
    """Return a comment of the site as its connector tells it."""
    return RemoteMessage(
        remote_id=str(comment.pk),
        kind="comment",
        thread_id=str((root or comment).pk),
        text=comment.text,
        at=comment.made_at,
        author_id="",
        author_name=comment.name,
        post_id=article.key,
        reply_to=str(root.pk) if root else "",
        is_own=root is not None,
    )


def moment(day: date, hour: int) -> datetime:
    """Return an hour of a day in the demo's zone, aware."""
    return datetime.combine(day, time(hour), ZONE)


def draw_picture(dice: random.Random) -> Image.Image:
    """Draw leaves on a bamboo tray: enough to look at, and nobody's photograph."""
    ground = dice.choice([(214, 203, 184), (196, 206, 196), (222, 212, 200), (188, 197, 205)])
    image = Image.new("RGB", (1600, 900), ground)
    draw = ImageDraw.Draw(image)
    x, y, size = dice.randint(600, 1000), dice.randint(380, 520), dice.randint(300, 380)
    for ring in range(size, 0, -18):
        shade = 150 + (size - ring) // 6
        draw.ellipse((x - ring, y - ring, x + ring, y + ring), outline=(shade, shade - 22, shade - 60), width=3)
    for _leaf in range(420):
        angle, far = dice.uniform(0, math.tau), size * math.sqrt(dice.random()) * 0.9
        left, top = x + far * math.cos(angle), y + far * math.sin(angle)
        color = dice.choice([(62, 80, 58), (88, 104, 70), (204, 142, 44), (228, 170, 66), (70, 64, 48)])
        wide, high = dice.randint(8, 26), dice.randint(5, 12)
        draw.ellipse((left, top, left + wide, top + high), fill=color)
    return image
