-- Replays stamped requests for wrk, each of them once, and judges every reply.
--
-- wrk -t1 -c32 -d2s -s replay.lua URL -- FILE TEXT CONNECTION COUNT HEADER
--   FILE        one request a line: path, stamp and body, separated by tabs
--   TEXT        what the body of a good reply contains
--   CONNECTION  the value of that header: keep-alive, or close for a connection for each request
--   COUNT       how many lines of the file to send at most
--   HEADER      in which the stamp goes
--
-- A JSON object with the outcome goes to standard error. wrk stops when the requests run out or its time is up.

local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long ns; } timespec; int clock_gettime(int clock, timespec *now);")
ffi.cdef("int getpid(); int kill(int process, int signal);")
local CLOCK_MONOTONIC, SIGINT = 1, 2
local now = ffi.new("timespec")

local function seconds()
  ffi.C.clock_gettime(CLOCK_MONOTONIC, now)
  return tonumber(now.s) + tonumber(now.ns) / 1e9
end

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

local requests = {}
local asked = -1 -- wrk asks for one request more than it sends, before it starts
local expected

-- Read by ``done``.
served, failed, first_failure, started, ended, exhausted = 0, 0, "", 0, 0, 0

-- What a request of @turnkey/sdk-server has in its head beside the stamp, sent by Node.js.
local function head(stamp, connection, header)
  return {
    ["Connection"] = connection,
    [header] = stamp,
    ["Content-Type"] = "application/json",
    ["X-Client-Version"] = "@turnkey/sdk-server@8.2.1",
    ["Accept"] = "*/*",
    ["Accept-Language"] = "*",
    ["Sec-Fetch-Mode"] = "cors",
    ["User-Agent"] = "node",
    ["Accept-Encoding"] = "gzip, deflate",
  }
end

function init(arguments)
  expected = arguments[2]
  local most = tonumber(arguments[4])
  for line in io.lines(arguments[1]) do
    if #requests == most then
      break
    end
    local path, stamp, body = line:match("^([^\t]*)\t([^\t]*)\t(.*)$")
    table.insert(requests, wrk.format("POST", path, head(stamp, arguments[3], arguments[5]), body))
  end
end

function request()
  asked = asked + 1
  if asked == 0 then
    return requests[1]
  end
  if asked == 1 then
    started = seconds()
  end
  if asked > #requests then
    wrk.thread:stop()
    if exhausted == 0 then
      exhausted = 1
      ffi.C.kill(ffi.C.getpid(), SIGINT) -- or wrk would sleep until the time is up
    end
    return ""
  end
  return requests[asked]
end

function response(status, _, body)
  ended = seconds()
  if status == 200 and body:find(expected, 1, true) then
    served = served + 1
    return
  end
  failed = failed + 1
  if failed == 1 then
    first_failure = status .. " " .. body:sub(1, 500)
  end
end

function done(summary, latency)
  local thread = threads[1]
  local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.stderr:write(string.format(
    '{"served":%d,"failed":%d,"broken":%d,"exhausted":%s,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f}\n',
    thread:get("served"), thread:get("failed"), broken, thread:get("exhausted") == 1 and "true" or "false",
    thread:get("ended") - thread:get("started"), latency:percentile(50) / 1000, latency:percentile(99) / 1000
  ))
  io.stderr:write(thread:get("first_failure"), "\n")
end
