-- For tests: sign-in by a room token, which Prosody's own util.jwt verifies, with the claims that Jitsi asks for.
local jwt = require "util.jwt";
local new_sasl = require "util.sasl".new;

local secret = module:get_option_string("app_secret");
local issuer = module:get_option_string("app_id");
local host = module.host;

local function claims_of(token, username)
    local verified, claims = jwt.verify(secret, token);
    if not verified or type(claims) ~= "table" then return nil; end
    local user = claims.context and claims.context.user;
    local now = os.time();
    local good = claims.iss == issuer and claims.aud == "jitsi" and claims.sub == host
        and type(claims.room) == "string" and claims.room ~= "*"
        and type(claims.exp) == "number" and now < claims.exp
        and type(claims.nbf) == "number" and now >= claims.nbf
        and user and user.id == username;
    return good and claims or nil;
end

local provider = {};

function provider.get_sasl_handler(session)
    return new_sasl(host, {
        plain_test = function (_, username, token)
            local claims = claims_of(token, username);
            session.room_token = claims;
            return claims ~= nil, true;
        end;
    });
end

function provider.user_exists() return true; end

module:provides("auth", provider);
