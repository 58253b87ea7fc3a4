/**
 * What runs inside Redis or Valkey: one script per operation, so that an admission is one round trip and nobody comes between check and take.
 * A subject is a hash (`a` time of the last change, `r` and `t` the debts, milliseconds as in `rate.ts`) and a sorted set of the leases of
 * its requests under way, by when they run out. Numbers travel as text: Redis cuts a Lua number to a whole one. Needs Redis 5 or Valkey.
 */

/** The server's clock, so that gateways whose clocks differ count alike; a test may bring its own. ARGV[1] = now or "". */
const NOW = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
local function text(number) return string.format('%.17g', number) end
local function load(key)
  local stored = redis.call('HMGET', key, 'a', 'r', 't')
  local elapsed = now - (tonumber(stored[1]) or now)
  if elapsed < 0 then elapsed = 0 end
  return math.max(0, (tonumber(stored[2]) or 0) - elapsed), math.max(0, (tonumber(stored[3]) or 0) - elapsed)
end
local function save(key, r, t)
  if r <= 0 and t <= 0 then return redis.call('DEL', key) end
  redis.call('HSET', key, 'a', text(now), 'r', text(r), 't', text(t))
  redis.call('PEXPIRE', key, math.ceil(math.max(r, t)) + 1000)
end
local function running(key)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  return redis.call('ZCARD', key)
end
`;

/**
 * KEYS: hash and leases of each subject. ARGV: now, tokens, lease, lease ms, then per subject: request ms, request span, token ms, token span,
 * concurrent requests (-1 = unlimited). @returns admitted, refusing subject (from 1), its kind, wait ms, then r, t and running per subject.
 */
export const ADMIT = `${NOW}
local tokens, lease, lease_ms = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local wait, who, kind, levels = 0, 0, '', {}
for i = 1, #KEYS / 2 do
  local p = 5 * i
  local request_ms, request_span, token_ms, token_span, most = tonumber(ARGV[p]), tonumber(ARGV[p + 1]), tonumber(ARGV[p + 2]), tonumber(ARGV[p + 3]), tonumber(ARGV[p + 4])
  local r, t = load(KEYS[2 * i - 1])
  local under_way = 0
  if most >= 0 then under_way = running(KEYS[2 * i]) end
  levels[i] = { r, t, under_way, request_ms, tokens * token_ms, most }
  local function refuse(ms, what) if ms > 1e-6 and ms > wait then wait, who, kind = ms, i, what end end
  if most >= 0 and under_way >= most then refuse(1000, 'concurrency') end
  if request_ms > 0 then refuse(r + math.min(request_ms, request_span) - request_span, 'requests') end
  if token_ms > 0 then refuse(t + math.min(tokens * token_ms, token_span) - token_span, 'tokens') end
end
local out = { who == 0 and 1 or 0, who, kind, text(wait) }
for i, level in ipairs(levels) do
  if who == 0 then
    level[1], level[2] = level[1] + level[4], level[2] + level[5]
    save(KEYS[2 * i - 1], level[1], level[2])
    if level[6] >= 0 then
      redis.call('ZADD', KEYS[2 * i], now + lease_ms, lease)
      redis.call('PEXPIRE', KEYS[2 * i], lease_ms)
      level[3] = level[3] + 1
    end
  end
  out[#out + 1], out[#out + 2], out[#out + 3] = text(level[1]), text(level[2]), level[3]
end
return out
`;

/** KEYS as above. ARGV: now, lease, then per subject the tokens' difference in ms. @returns r, t and running per subject. */
export const SETTLE = `${NOW}
local out = {}
for i = 1, #KEYS / 2 do
  local r, t = load(KEYS[2 * i - 1])
  local difference = tonumber(ARGV[2 + i])
  if difference ~= 0 then
    t = math.max(0, t + difference)
    save(KEYS[2 * i - 1], r, t)
  end
  redis.call('ZREM', KEYS[2 * i], ARGV[2])
  out[#out + 1], out[#out + 2], out[#out + 3] = text(r), text(t), running(KEYS[2 * i])
end
return out
`;

/** KEYS: hash and leases of one subject. ARGV: now. @returns r, t and running. */
export const PEEK = `${NOW}
local r, t = load(KEYS[1])
return { text(r), text(t), running(KEYS[2]) }
`;

/** Brings debts that a gateway counted alone up to what they are there; the higher one stands. KEYS: hash. ARGV: now, r, t. */
export const RAISE = `${NOW}
local r, t = load(KEYS[1])
save(KEYS[1], math.max(r, tonumber(ARGV[2])), math.max(t, tonumber(ARGV[3])))
return 1
`;

/** Keeps leases of long requests from running out. KEYS: leases of one subject. ARGV: now, lease ms, leases. */
export const RENEW = `${NOW}
for i = 3, #ARGV do redis.call('ZADD', KEYS[1], 'XX', now + ARGV[2], ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`;

/** Says that a gateway is here. KEYS: gateways. ARGV: now, gateway, its time to live in ms. @returns how many are. */
export const PRESENT = `${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return running(KEYS[1])
`;
