"""The changes of a state in Redis, each one script: Redis runs it as a whole, and nothing comes between.

Of a state `P`, a world has the keys `P:w:WORLD:begun` (its collections, each with the last number
given), `…sizes` (its records and bytes of them), and for each collection `…records:` and `…claims:`.
A record is three lines: version, position and whether it was seeded; its claims; its value, as JSON.
"""

from __future__ import annotations

import hashlib
from functools import cache

_HEAD = """
local P, world, most_worlds, most_records, most_bytes = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local collection, key = ARGV[6], ARGV[7]
local W = P .. ':w:' .. world .. ':'

local function version() return redis.call('INCR', P .. ':version') end

local function unpacked(text)
  local v, position, seeded, claims, value = string.match(text, '^(%d+) (%d+) (%d)\\n([^\\n]*)\\n(.*)$')
  return {version = v, position = position, claims = cjson.decode(claims), value = value}
end

local function forget(name)
  local w = P .. ':w:' .. name .. ':'
  for _, each in ipairs(redis.call('HKEYS', w .. 'begun')) do
    redis.call('DEL', w .. 'records:' .. each, w .. 'claims:' .. each)
  end
  redis.call('DEL', w .. 'begun', w .. 'sizes')
  redis.call('ZREM', P .. ':worlds', name)
end

local function make(name)
  if not redis.call('ZSCORE', P .. ':worlds', world) then
    redis.call('ZADD', P .. ':worlds', version(), world)
    for _, other in ipairs(redis.call('ZRANGE', P .. ':worlds', 0, -1)) do
      if redis.call('ZCARD', P .. ':worlds') <= tonumber(most_worlds) then break end
      if other ~= '' and other ~= world then forget(other) end
    end
  end
  return redis.call('HSETNX', W .. 'begun', name, 0) == 1
end

local function claimed(name, own, claims)
  for _, claim in ipairs(claims) do
    local holder = redis.call('HGET', W .. 'claims:' .. name, claim)
    if holder and holder ~= own then return true end
  end
  return false
end

local function put(name, own, seeded, claims, value, position)
  local v = version()
  for _, claim in ipairs(cjson.decode(claims)) do redis.call('HSET', W .. 'claims:' .. name, claim, own) end
  local head = v .. ' ' .. (position or v) .. ' ' .. seeded
  redis.call('HSET', W .. 'records:' .. name, own, head .. '\\n' .. claims .. '\\n' .. value)
end

local function has_room(count, bytes)
  local held = redis.call('HMGET', W .. 'sizes', 'count', 'bytes')
  return tonumber(held[1] or 0) + count <= tonumber(most_records)
    and tonumber(held[2] or 0) + bytes <= tonumber(most_bytes)
end

local function grow(count, bytes)
  redis.call('HINCRBY', W .. 'sizes', 'count', count)
  redis.call('HINCRBY', W .. 'sizes', 'bytes', bytes)
end

local function add(name, own, seeded, claims, value)
  if redis.call('HEXISTS', W .. 'records:' .. name, own) == 1 then return 'TAKEN' end
  if claimed(name, own, cjson.decode(claims)) then return 'CLAIMED' end
  if not has_room(1, #value) then return 'FULL' end
  put(name, own, seeded, claims, value)
  grow(1, #value)
  return 'DONE'
end

local function count_from(name, number)
  if number > tonumber(redis.call('HGET', W .. 'begun', name) or 0) then
    redis.call('HSET', W .. 'begun', name, number)
  end
end
"""

BEGIN = """
if make(collection) then
  for _, each in ipairs(cjson.decode(ARGV[8])) do add(collection, each[1], each[2], each[3], each[4]) end
  count_from(collection, tonumber(ARGV[9]))
end
"""

ADD = """
make(collection)
return add(collection, key, ARGV[8], ARGV[9], ARGV[10])
"""

CHANGE = """
local text = redis.call('HGET', W .. 'records:' .. collection, key)
local before = text and unpacked(text)
if not before or before.version ~= ARGV[11] then return 'CHANGED' end
if claimed(collection, key, cjson.decode(ARGV[9])) then return 'CLAIMED' end
local grown = #ARGV[10] - #before.value
if grown > 0 and not has_room(0, grown) then return 'FULL' end
for _, claim in ipairs(before.claims) do redis.call('HDEL', W .. 'claims:' .. collection, claim) end
put(collection, key, ARGV[8], ARGV[9], ARGV[10], before.position)
grow(0, grown)
return 'DONE'
"""

REMOVE = """
local text = redis.call('HGET', W .. 'records:' .. collection, key)
if not text then return 0 end
local before = unpacked(text)
redis.call('HDEL', W .. 'records:' .. collection, key)
for _, claim in ipairs(before.claims) do redis.call('HDEL', W .. 'claims:' .. collection, claim) end
grow(-1, -#before.value)
local below = ARGV[8]
for _, name in ipairs(redis.call('HKEYS', W .. 'begun')) do
  if string.sub(name, 1, #below) == below then
    for _, each in ipairs(redis.call('HVALS', W .. 'records:' .. name)) do
      grow(-1, -#unpacked(each).value)
    end
    redis.call('DEL', W .. 'records:' .. name, W .. 'claims:' .. name)
    redis.call('HDEL', W .. 'begun', name)
  end
end
return 1
"""

NUMBER = """
make(collection)
return redis.call('HINCRBY', W .. 'begun', collection, 1)
"""

RESET = "forget(world)"

SNAPSHOT = """
local found = {}
for _, name in ipairs(redis.call('HKEYS', W .. 'begun')) do
  local number = redis.call('HGET', W .. 'begun', name)
  table.insert(found, {name, number, redis.call('HGETALL', W .. 'records:' .. name)})
end
return found
"""

# The collections are looked through before the world is given up for them.
RESTORE = """
local wanted, count, bytes = cjson.decode(ARGV[8]), 0, 0
for _, each in ipairs(wanted) do
  local seen = {}
  for _, record in ipairs(each[3]) do
    count, bytes = count + 1, bytes + #record[4]
    for _, claim in ipairs(cjson.decode(record[3])) do
      if seen[claim] then return 'CLAIMED' end
      seen[claim] = true
    end
  end
end
if count > tonumber(most_records) or bytes > tonumber(most_bytes) then return 'FULL' end
forget(world)
for _, each in ipairs(wanted) do
  make(each[1])
  for _, record in ipairs(each[3]) do add(each[1], record[1], record[2], record[3], record[4]) end
  count_from(each[1], tonumber(each[2]))
end
return 'DONE'
"""


@cache
def digest(body: str) -> str:
    """The name by which Redis knows a script that it has met."""
    return hashlib.sha1(script(body).encode(), usedforsecurity=False).hexdigest()


def script(body: str) -> str:
    """A change with what all of them share."""
    return _HEAD + body
