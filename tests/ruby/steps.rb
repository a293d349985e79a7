# Counts how often contract.rb takes its thorough ways over raw lines, in base64 on stdin; prints {step: times}.
#
#   jruby tests/ruby/steps.rb logstash/pipeline/contract.rb logstash/generated/contract.json
require "base64"
require "json"
require_relative "logstash"

script = ScriptContext.new(ARGV[0], { "contract" => ARGV[1] })
counts = {}
{ Amaie::Parse => :careful, Amaie::Foreign => :adopted, Amaie::Texts => :all, Amaie::Names => :judged }.each do |owner, name|
  counts[name] = 0
  counted = Module.new do
    define_method(name) do |*given|
      counts[name] += 1
      super(*given)
    end
  end
  owner.prepend(counted)
end
$stdin.each_line do |line|
  event = LogStash::Event.new({ "message" => Base64.decode64(line).force_encoding("UTF-8") })
  event.set("[@metadata][origin]", "http")
  script.execute(event)
end
puts JSON.generate(counts)
