# Times contract.rb over raw lines, and over the same ones as our shipper hands them over, beside JSON.parse alone over
# the lines; on stdin (base64) by turns a line and what is handed over of it. Prints lines a second of each, after
# warm-up: by processor time of this thread, so that neighbours count little. Logstash's own events are left out: they
# are Java there, and a stand-in here.
require "base64"
require "java"
require "json"
require_relative "logstash"

CLOCK = java.lang.management.ManagementFactory.thread_mx_bean
script = ScriptContext.new(ARGV[0], { "contract" => ARGV[1] })

def event(message, origin)
  made = LogStash::Event.new({ "message" => message })
  made.set("[@metadata][origin]", origin)
  made
end

given = $stdin.each_line.map { |packed| Base64.decode64(packed).force_encoding("UTF-8") }
lines, envelopes = given.each_slice(2).to_a.transpose
raw = lines.map { |line| event(line, "http") }
messages = envelopes.map { |one| event(one, "files").get("message") }

def rate(items)
  start = CLOCK.current_thread_cpu_time
  items.each { |item| yield item }
  items.size * 1e9 / (CLOCK.current_thread_cpu_time - start)
end

best = Hash.new(0)
10.times do
  best["parse"] = [best["parse"], rate(lines) { |line| JSON.parse(line) }].max
  best["raw"] = [best["raw"], rate(raw) { |one| script.judged(*script.arrived(one)) }].max
  best["handed"] = [best["handed"], rate(messages) { |message| Amaie::Envelope.opened(message) }].max
end
puts JSON.generate(best)
