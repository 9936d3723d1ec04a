"""The pages, at the addresses that they have with us."""

from django.urls import path

from bench.django_pages import views

urlpatterns = [
    path("", views.home),
    path("cases", views.cases),
    path("cases/<str:reference>", views.case),
    path("meetings/<str:reference>", views.meeting),
]
