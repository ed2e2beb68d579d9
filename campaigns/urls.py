from django.urls import path

from campaigns.views import campaigns, links, partners, tasks

app_name = "campaigns"
urlpatterns = [
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.campaign_new, name="campaign-new"),
    path("campaigns/<int:pk>/", campaigns.campaign, name="campaign"),
    path("campaigns/<int:pk>/edit/", campaigns.campaign_edit, name="campaign-edit"),
    path("campaigns/<int:pk>/move/", campaigns.campaign_move, name="campaign-move"),
    path("campaigns/<int:pk>/phases/", campaigns.phase_new, name="campaign-phase-new"),
    path("campaigns/<int:pk>/phases/<int:phase>/", campaigns.phase_edit, name="campaign-phase-edit"),
    path("campaigns/<int:pk>/phases/<int:phase>/drop/", campaigns.phase_drop, name="campaign-phase-drop"),
    path("campaigns/<int:pk>/budget/", campaigns.budget_line_new, name="campaign-line-new"),
    path("campaigns/<int:pk>/budget/<int:line>/drop/", campaigns.budget_line_drop, name="campaign-line-drop"),
    path("campaigns/<int:pk>/budget/<int:line>/spend/", campaigns.expense_new, name="campaign-expense-new"),
    path(
        "campaigns/<int:pk>/budget/expenses/<int:expense>/drop/", campaigns.expense_drop, name="campaign-expense-drop"
    ),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/new/", tasks.task_new, name="task-new"),
    path("tasks/today/", tasks.today_tasks, name="today-tasks"),
    path("tasks/<int:pk>/", tasks.task, name="task"),
    path("tasks/<int:pk>/move/", tasks.task_move, name="task-move"),
    path("partners/", partners.partners, name="partners"),
    path("partners/new/", partners.partner_new, name="partner-new"),
    path("partners/<int:pk>/", partners.partner, name="partner"),
    path("partners/<int:pk>/edit/", partners.partner_edit, name="partner-edit"),
    path("partners/<int:pk>/channels/", partners.channel_new, name="partner-channel-new"),
    path("partners/<int:pk>/channels/<int:channel>/drop/", partners.channel_drop, name="partner-channel-drop"),
    path("partners/<int:pk>/collaborations/new/", partners.collaboration_new, name="collaboration-new"),
    path("collaborations/<int:pk>/", partners.collaboration, name="collaboration"),
    path("collaborations/<int:pk>/edit/", partners.collaboration_edit, name="collaboration-edit"),
    path("collaborations/<int:pk>/move/", partners.collaboration_move, name="collaboration-move"),
    path("collaborations/<int:pk>/pieces/", partners.deliverable_new, name="deliverable-new"),
    path(
        "collaborations/<int:pk>/pieces/<int:piece>/deliver/",
        partners.deliverable_deliver,
        name="deliverable-deliver",
    ),
    path("collaborations/<int:pk>/pieces/<int:piece>/drop/", partners.deliverable_drop, name="deliverable-drop"),
    path("links/", links.links, name="links"),
    path("links/new/", links.link_new, name="link-new"),
    path("links/<int:pk>/", links.link, name="link"),
    path("links/<int:pk>/code.svg", links.link_code, name="link-code"),
    path("links/<int:pk>/close/", links.link_close, name="link-close"),
]
