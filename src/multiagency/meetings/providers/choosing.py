"""Which provider a team's rooms are of, by the settings."""

from uuid import UUID

from multiagency.kernel.tokens import LiveKitTokens
from multiagency.kernel.work import Tools
from multiagency.meetings.providers import Provider
from multiagency.meetings.providers.bigbluebutton import BigBlueButton
from multiagency.meetings.providers.by_hand import ByHand
from multiagency.meetings.providers.jitsi import Jitsi
from multiagency.meetings.providers.livekit import LiveKit

JITSI_KEY = "jitsi-api.key"
"""In the worker's directory of keys: with which Jitsi's server is asked to end rooms (RSA, PEM)."""


def fixed_room(tools: Tools, team_id: UUID) -> str:
    """Return the lasting address of a team's room; empty where it has none, as is the rule."""
    return tools.settings.lasting_rooms.get(str(team_id), "")


def provider_of(tools: Tools, team_id: UUID) -> Provider:
    """Return whose rooms a team meets in."""
    settings = tools.settings
    if address := fixed_room(tools, team_id):
        return ByHand(address=address)
    secret = settings.room_api_secret.get_secret_value()
    match settings.room_provider:
        case "jitsi":
            key = settings.keys_directory / JITSI_KEY
            return Jitsi(tools.room_tokens, settings.room_domain, settings.room_api_url, settings.room_api_key, key)
        case "bigbluebutton":
            return BigBlueButton(settings.room_api_url, secret, f"{settings.base_url}/invitations")
        case "livekit":
            tokens = LiveKitTokens(settings.room_api_key, secret)
            return LiveKit(tokens, settings.room_api_url, settings.room_web_url)
        case "none":
            return ByHand(words=settings.room_phone)
