# Runs contract.rb over lines: on stdin one a line, in base64; on stdout its documents. They are raw lines of a
# client's file of that name; without a name they are what our shipper hands over.
#
#   jruby tests/ruby/judge.rb logstash/pipeline/contract.rb logstash/generated/contract.json amaie-core.jsonl
require "base64"
require "bigdecimal"
require "json"
require_relative "logstash"

# JSON as Logstash's Jackson writes it: a BigDecimal is a number.
def dump(value)
  case value
  when Hash then "{" + value.map { |key, item| "#{JSON.generate(key)}:#{dump(item)}" }.join(",") + "}"
  when Array then "[" + value.map { |item| dump(item) }.join(",") + "]"
  when BigDecimal then value.to_s
  when LogStash::Timestamp then JSON.generate(value.to_s)
  else JSON.generate(value)
  end
end

script = ScriptContext.new(ARGV[0], { "contract" => ARGV[1] })
source = ARGV[2].to_s
$stdout.sync = false
$stdin.each_line do |request|
  line = Base64.decode64(request)
  if source.empty?
    event = LogStash::Event.new({ "message" => line.force_encoding("UTF-8") })
    event.set("[@metadata][origin]", "files")
  else
    # What the input `http` hands over: every byte one character.
    event = LogStash::Event.new({ "message" => line.force_encoding("ISO-8859-1").encode("UTF-8") })
    event.set("[@metadata][latin1]", "yes")
    event.set("[@metadata][origin]", "http")
    event.set("[log][file][path]", "/var/log/amaie/#{source}")
  end
  event.set("[event][original]", "must not survive")
  answers = script.execute(event).map do |done|
    { "stream" => done.get("[@metadata][stream]"), "id" => done.get("[@metadata][id]"), "document" => done.to_hash }
  end
  puts dump(answers)
end
