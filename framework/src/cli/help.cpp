// SPDX-License-Identifier: Apache-2.0
#include <fmt/ranges.h>

#include "cli/terminal.hpp"
#include "cli/verb.hpp"

namespace morgana::host {
namespace {

constexpr const char* kExitCodes =
    "0  done\n1  a stage failed, or a file could not be read or written\n2  the pipeline or the arguments are wrong\n3 "
    " a plugin could not be loaded";

std::string dashed(const Option& option) {
  return option.letter != 0 ? std::string("-") + option.letter : "--" + option.name;
}

std::string synopsis(const Verb& verb) {
  std::string line = "morgana " + verb.name;
  for (const auto& operand : verb.operands) {
    if (operand.count == Operand::Count::kOne) line += " " + operand.name;
    if (operand.count == Operand::Count::kOptional) line += " [" + operand.name + "]";
    if (operand.count == Operand::Count::kMany) line += " [" + operand.name + "...]";
  }
  for (const auto& option : verb.options) {
    const auto words = dashed(option) + (option.argument.empty() ? "" : " " + option.argument);
    line += (option.required ? " " + words : " [" + words + "]") + (option.repeatable ? "..." : "");
  }
  return line;
}

std::string indented(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    result += line.empty() ? "\n" : "    " + std::string(line) + "\n";
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return result;
}

std::string option_text(const Option& option) {
  std::string text = "    " + (option.letter != 0 ? dashed(option) + ", " : std::string()) + "--" + option.name +
                     (option.argument.empty() ? "" : " " + option.argument) + "\n";
  std::string doc = option.doc;
  if (!option.choices.empty()) doc += fmt::format("; one of {}", fmt::join(option.choices, ", "));
  if (!option.fallback.empty()) doc += fmt::format(" (default: {})", option.fallback);
  return text + wrapped(doc, 8);
}

}  // namespace

std::string help_of(const Verb& verb) {
  std::string text = "NAME\n" + wrapped("morgana " + verb.name + " - " + verb.summary, 4);
  text += "\nSYNOPSIS\n" + wrapped(synopsis(verb), 4);
  text += "\nDESCRIPTION\n" + wrapped(verb.description, 4);
  if (!verb.operands.empty()) {
    text += "\nARGUMENTS\n";
    for (const auto& operand : verb.operands) text += "    " + operand.name + "\n" + wrapped(operand.doc, 8);
  }
  text += "\nOPTIONS\n";
  for (const auto& option : verb.options) text += option_text(option);
  text += option_text({.name = "help", .doc = "print this text"});
  if (!verb.examples.empty()) text += "\nEXAMPLES\n" + indented(verb.examples);
  text += "\nEXIT CODES\n" + indented(verb.exit_codes.empty() ? kExitCodes : verb.exit_codes);
  return text;
}

std::string help() {
  std::string text =
      "usage: morgana VERB [ARGUMENT...]\n\n"
      "Learns to generate network traffic and measures how good the result is.\n\nverbs:\n";
  for (const auto& verb : verbs()) text += fmt::format("  {:<11} {}\n", verb.name, verb.summary);
  text +=
      "\nmorgana VERB --help tells more about one; morgana --version prints the version.\n"
      "Plugins are looked for in --plugin-path, then MORGANA_PLUGIN_PATH, then lib/morgana/plugins beside bin/.\n";
  return text;
}

}  // namespace morgana::host
