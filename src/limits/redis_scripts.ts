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

/**
 * Makes up for what a store did not see while it was away: the debts become what they would be, had it counted what the gateways admitted
 * meanwhile. Gateways come one after the other, and the refill of one outage is not to be counted once for each of them; so what they tell is
 * added up in bins of time before the first of them came, and the outage is gone through again with each. A bin is 50 ms wide and a tenth of
 * its age (an hour has 93), and charges in it count as spread evenly.
 *
 * KEYS: hash and outage of one subject. ARGV: now, caps of the debts (no charge raises them further), ms to keep the outage, when it began,
 * debts known then; for each charge when it began and ended, and debts. Times by the server's clock.
 * @returns r, t and 0.
 */
export const MAKE_UP = `${NOW}
local WIDTH, GROWTH = 50, 1.1
local function edge(bin) return WIDTH * (GROWTH ^ bin - 1) / (GROWTH - 1) end
local function bin_of(age) return math.max(0, math.floor(math.log(1 + age * (GROWTH - 1) / WIDTH) / math.log(GROWTH))) end
local cap_r, cap_t, began = tonumber(ARGV[2]), tonumber(ARGV[3]), math.min(now, tonumber(ARGV[5]))
local outage = redis.call('GET', KEYS[2])
outage = outage and cmsgpack.unpack(outage)
-- One that began after the last had ended is another.
local first = not outage or began > outage.ended
if first then outage = { began = began, ended = now, known_r = 0, known_t = 0, r = {}, t = {} } end
local since = now - outage.ended
-- What was known at one moment, as it was before the refill since another.
local function before(debt, ms) return debt > 0 and debt + ms or 0 end
if began < outage.began then
  outage.known_r, outage.known_t = before(outage.known_r, outage.began - began), before(outage.known_t, outage.began - began)
  outage.began = began
end
local length = outage.ended - outage.began
local function edge_of(bin) return math.min(edge(bin), length) end

-- What somebody had heard of the store, which nothing of the outage is in.
local function know(r, t)
  outage.known_r = math.max(outage.known_r, before(r, began - outage.began))
  outage.known_t = math.max(outage.known_t, before(t, began - outage.began))
end
local function charge(debt, change, cap)
  if change > 0 then return math.max(debt, math.min(debt + change, cap)) end
  return math.max(0, debt + change)
end
local function debt_now(charges, debt, cap)
  for bin = bin_of(length), 0, -1 do debt = charge(debt, (charges[bin] or 0) - (edge_of(bin + 1) - edge_of(bin)), cap) end
  return math.max(0, debt - since)
end

-- What the store itself remembers of before.
local stored = redis.call('HMGET', KEYS[1], 'a', 'r', 't')
if first and stored[1] and tonumber(stored[1]) <= began then
  local earlier = began - tonumber(stored[1])
  know(stored[2] - earlier, stored[3] - earlier)
end
know(tonumber(ARGV[6]), tonumber(ARGV[7]))
local known_r, known_t = debt_now(outage.r, outage.known_r, cap_r), debt_now(outage.t, outage.known_t, cap_t)
local late_r, late_t = 0, 0
for i = 8, #ARGV, 4 do
  local old, young = outage.ended - ARGV[i], outage.ended - ARGV[i + 1]
  if old < 0 then late_r, late_t = late_r + ARGV[i + 2], late_t + ARGV[i + 3]
  else
    old, young = math.min(old, length), math.max(0, young)
    local oldest, youngest = bin_of(old), bin_of(young)
    for bin = youngest, oldest do
      local part = youngest == oldest and 1 or (math.min(old, edge(bin + 1)) - math.max(young, edge(bin))) / (old - young)
      outage.r[bin] = (outage.r[bin] or 0) + part * ARGV[i + 2]
      outage.t[bin] = (outage.t[bin] or 0) + part * ARGV[i + 3]
    end
  end
end
local r, t = load(KEYS[1])
r = charge(math.max(r, known_r), debt_now(outage.r, outage.known_r, cap_r) - known_r + late_r, cap_r)
t = charge(math.max(t, known_t), debt_now(outage.t, outage.known_t, cap_t) - known_t + late_t, cap_t)
save(KEYS[1], r, t)
redis.call('SET', KEYS[2], cmsgpack.pack(outage), 'PX', ARGV[4])
return { text(r), text(t), 0 }
`;

/**
 * Keeps leases of long requests from running out, and takes those that a store forgot. KEYS: leases of one subject. ARGV: now, lease ms,
 * leases.
 */
export const RENEW = `${NOW}
for i = 3, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`;

/** Says that a gateway is here. KEYS: gateways. ARGV: now, gateway, its time to live in ms. @returns how many are, and the time. */
export const PRESENT = `${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return { running(KEYS[1]), text(now) }
`;
