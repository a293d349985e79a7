# Times contract.rb over the packed lines on stdin (base64), and JSON.parse alone over the lines in them; prints lines a
# second of each, after warm-up: by processor time of this thread, so that neighbours count little. Logstash's own
# events are left out: they are Java there, and a stand-in here.
require "base64"
require "java"
require "json"
require_relative "logstash"

CLOCK = java.lang.management.ManagementFactory.thread_mx_bean
script = ScriptContext.new(ARGV[0], { "contract" => ARGV[1] })
events = $stdin.each_line.map do |packed|
  event = LogStash::Event.new({ "message" => Base64.decode64(packed).force_encoding("UTF-8") })
  event.set("[@metadata][origin]", "files")
  event
end
lines = events.map { |event| script.arrived(event).first }

def rate(items)
  start = CLOCK.current_thread_cpu_time
  items.each { |item| yield item }
  items.size * 1e9 / (CLOCK.current_thread_cpu_time - start)
end

best = Hash.new(0)
10.times do
  best["parse"] = [best["parse"], rate(lines) { |line| JSON.parse(line) }].max
  best["filter"] = [best["filter"], rate(events) { |event| script.judged(*script.arrived(event)) }].max
end
puts JSON.generate(best)
