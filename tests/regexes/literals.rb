# frozen_string_literal: true

# Prints every regular expression that stands in some Ruby files, a line of JSON each: file, line, source, options.
require "json"
require "ripper"

ARGV.each do |path|
  open_at = nil
  source = +""
  Ripper.lex(File.read(path)).each do |(line, _), type, token|
    case type
    when :on_regexp_beg
      open_at = line
      source = +""
    when :on_regexp_end
      puts JSON.generate("file" => path, "line" => open_at, "source" => source, "options" => token.delete("/"))
      open_at = nil
    when :on_embexpr_beg
      abort "#{path}:#{line}: a regular expression is put together here; write it as a constant" if open_at
    else
      source << token if open_at
    end
  end
end
