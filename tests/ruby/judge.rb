# Runs contract.rb over lines that our shipper packed: on stdin one a line, in base64; on stdout its documents.
#
#   jruby tests/ruby/judge.rb logstash/pipeline/contract.rb logstash/generated/contract.json
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
$stdout.sync = false
$stdin.each_line do |request|
  # What the input `files` hands over: every byte one character.
  packed = Base64.decode64(request).force_encoding("ISO-8859-1").encode("UTF-8")
  event = LogStash::Event.new({ "message" => packed })
  event.set("[@metadata][latin1]", "yes")
  event.set("[@metadata][origin]", "files")
  event.set("[event][original]", "must not survive")
  answers = script.execute(event).map do |done|
    { "stream" => done.get("[@metadata][stream]"), "id" => done.get("[@metadata][id]"), "document" => done.to_hash }
  end
  puts dump(answers)
end
