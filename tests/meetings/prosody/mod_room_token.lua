-- For tests: nobody joins a room but the one that their token is for.
local node_of = require "util.jid".node;
local error_reply = require "util.stanza".error_reply;

module:hook("muc-occupant-pre-join", function (event)
    local claims = event.origin.room_token;
    if not claims or claims.room ~= node_of(event.room.jid) then
        event.origin.send(error_reply(event.stanza, "auth", "not-allowed", "room and token mismatched"));
        return true;
    end
end, 100);
