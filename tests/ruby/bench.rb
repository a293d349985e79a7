# Times contract.rb, and JSON.parse alone, over the lines on stdin; prints lines a second of each, after warm-up.
require "json"
require_relative "logstash"

script = ScriptContext.new(ARGV[0], { "contract" => ARGV[1] })
lines = $stdin.each_line.map(&:chomp)

def rate(lines)
  start = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  lines.each { |line| yield line }
  lines.size / (Process.clock_gettime(Process::CLOCK_MONOTONIC) - start)
end

best = Hash.new(0)
5.times do
  best["parse"] = [best["parse"], rate(lines) { |line| JSON.parse(line) }].max
  filtered = rate(lines) do |line|
    event = LogStash::Event.new({ "message" => line })
    event.set("[log][file][path]", "/var/log/amaie/amaie-core.jsonl")
    script.execute(event)
  end
  best["filter"] = [best["filter"], filtered].max
end
puts JSON.generate(best)
