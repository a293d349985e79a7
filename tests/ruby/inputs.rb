# Hands contract.rb the events of stdin as Logstash's inputs make them: one JSON object a line with what the
# event has (`fields`, `metadata`). Prints one object each. With `fault` the contract fails on that line.
#
#   jruby tests/ruby/inputs.rb logstash/pipeline/contract.rb logstash/generated/contract.json
require "json"
require_relative "logstash"

script = ScriptContext.new(ARGV[0], { "contract" => ARGV[1] })
parser = Amaie::Contract.instance_method(:parse)

$stdin.each_line do |request|
  request = JSON.parse(request)
  event = LogStash::Event.new(request["fields"])
  request["metadata"].each { |name, value| event.set("[@metadata][#{name}]", value) }
  contract = script.contract
  contract.define_singleton_method(:parse) { |line| request["fault"] ? raise(ZeroDivisionError) : parser.bind(self).call(line) }
  (made,) = script.execute(event)
  puts JSON.generate(
    "stream" => made.get("[@metadata][stream]"), "id" => made.get("[@metadata][id]"),
    "document" => made.to_hash.transform_values { |value| value.is_a?(LogStash::Timestamp) ? value.to_s : value }
  )
end
other = Thread.new { script.contract }.value
puts JSON.generate("shared" => other.equal?(script.contract))
