-- What wrk sends, and its result as one line of JSON. With BENCH_TOKENS (a file
-- with a diner's token on each line), BENCH_BODY and BENCH_KEY it sends orders,
-- from each thread by one diner after the other and each under a key of its
-- own; with BENCH_POST (a body) it posts that to the URL; without either, the GET
-- that wrk makes itself.

local tokens_file = os.getenv("BENCH_TOKENS")

local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
  thread:set("number", #threads)
end

if tokens_file then
  local heads = {}
  local body = os.getenv("BENCH_BODY")
  local tail = "\r\n\r\n" .. body
  local key = os.getenv("BENCH_KEY")
  local sent = 0
  local start

  for token in io.lines(tokens_file) do
    heads[#heads + 1] = "POST /api/orders HTTP/1.1\r\nHost: localhost\r\n" ..
      "Content-Type: application/json\r\nContent-Length: " .. #body .. "\r\n" ..
      "Authorization: Bearer " .. token .. "\r\nIdempotency-Key: " .. key
  end

  function request()
    -- Threads begin far from each other, so that their diners differ.
    start = start or math.floor((number - 1) * #heads / 16 * 5)
    sent = sent + 1
    return heads[(start + sent) % #heads + 1] .. string.format("-%02d-%016d", number, sent) .. tail
  end
end

if os.getenv("BENCH_POST") then
  wrk.method = "POST"
  wrk.body = os.getenv("BENCH_POST")
  wrk.headers["Content-Type"] = "application/json"
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"bytes":%d,"p50":%.3f,"p99":%.3f,' ..
    '"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect, e.read, e.write, e.status, e.timeout))
end
