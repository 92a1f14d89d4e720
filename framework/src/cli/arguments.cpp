// SPDX-License-Identifier: Apache-2.0
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>

#include "cli/verb.hpp"
#include "pipeline/nearest.hpp"

namespace morgana::host {
namespace {

namespace po = boost::program_options;

std::vector<std::string> option_names(const Verb& verb) {
  std::vector<std::string> names{"help"};
  for (const auto& option : verb.options) names.push_back(option.name);
  return names;
}

/// By its name or its letter.
const Option* find_option(const Verb& verb, const std::string& name) {
  for (const auto& option : verb.options)
    if (option.name == name || (option.letter != 0 && name == std::string(1, option.letter))) return &option;
  return nullptr;
}

/// Boost's own sentences name neither the verb nor a remedy.
[[noreturn]] void refuse(const Verb& verb, const po::error& error) {
  const auto see = "see morgana " + verb.name + " --help";
  const auto* named = dynamic_cast<const po::error_with_option_name*>(&error);
  std::string name = named != nullptr ? named->get_option_name() : "";
  if (dynamic_cast<const po::unknown_option*>(&error) != nullptr) {
    const auto near = nearest(name.substr(std::min(name.find_first_not_of('-'), name.size())), option_names(verb));
    throw UsageFault(
        Error("{} has no option {}{}", verb.name, name, near ? "; did you mean --" + *near + "?" : "").hint(see));
  }
  const auto* option = find_option(verb, name.substr(std::min(name.find_first_not_of('-'), name.size())));
  if (option != nullptr && option->argument.empty())
    throw UsageFault(Error("option {} takes no value", name).hint(see));
  if (option != nullptr) throw UsageFault(Error("option {} needs a value: {}", name, option->argument).hint(see));
  throw UsageFault(Error("{}", error.what()).hint(see));
}

void check_operands(const Verb& verb, const std::vector<std::string>& given) {
  const auto see = "see morgana " + verb.name + " --help";
  std::size_t least = 0;
  bool unlimited = false;
  for (const auto& operand : verb.operands) {
    if (operand.count == Operand::Count::kOne) ++least;
    if (operand.count == Operand::Count::kMany) unlimited = true;
  }
  if (given.size() < least)
    throw UsageFault(Error("{} needs {}", verb.name, verb.operands[given.size()].name).hint(see));
  for (std::size_t i = 0; i < std::min(given.size(), verb.operands.size()); ++i)
    if (given[i].empty() && verb.operands[i].count != Operand::Count::kMany)
      throw UsageFault(Error("{} was given an empty word for {}", verb.name, verb.operands[i].name)
                           .hint("if it came from a variable of the shell, the variable is empty"));
  if (!unlimited && given.size() > verb.operands.size())
    throw UsageFault(
        Error("{} does not know what to do with \"{}\"", verb.name, given[verb.operands.size()]).hint(see));
}

void check_required(const Verb& verb, const std::map<std::string, std::vector<std::string>>& given) {
  for (const auto& option : verb.options)
    if (option.required && !given.contains(option.name))
      throw UsageFault(Error("{} needs {} {}", verb.name,
                             option.letter != 0 ? std::string("-") + option.letter : "--" + option.name,
                             option.argument)
                           .hint("see morgana " + verb.name + " --help"));
}

void check_not_empty(const Verb& verb, const std::string& name, const std::vector<std::string>& values) {
  const auto* option = find_option(verb, name);
  if (option == nullptr || option->argument.empty()) return;
  for (const auto& value : values)
    if (value.empty())
      throw UsageFault(Error("option --{} has an empty value; it takes {}", name, option->argument)
                           .hint("leave the option out, or see whether a variable of the shell is empty"));
}

void check_choices(const Verb& verb, const std::string& name, const std::vector<std::string>& values) {
  const auto* option = find_option(verb, name);
  if (option == nullptr || option->choices.empty()) return;
  for (const auto& value : values)
    if (std::find(option->choices.begin(), option->choices.end(), value) == option->choices.end())
      throw UsageFault("option --{} is \"{}\"; it can be {}", name, value, fmt::join(option->choices, ", "));
}

}  // namespace

std::string Arguments::value(const std::string& option) const {
  if (const auto found = values_.find(option); found != values_.end() && !found->second.empty())
    return found->second.back();
  const auto fallback = fallbacks_.find(option);
  return fallback != fallbacks_.end() ? fallback->second : "";
}

std::vector<std::string> Arguments::values(const std::string& option) const {
  const auto found = values_.find(option);
  return found != values_.end() ? found->second : std::vector<std::string>{};
}

std::optional<int> Arguments::number(const std::string& option, int least) const {
  const auto text = value(option);
  if (text.empty() && !has(option)) return std::nullopt;
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code == std::errc::result_out_of_range)
    throw UsageFault("option --{} is \"{}\", which is too large", option, text);
  if (code != std::errc{} || end != text.data() + text.size() || number < least)
    throw UsageFault("option --{} is \"{}\"; it takes a whole number of at least {}", option, text, least);
  return number;
}

Arguments parse_arguments(const Verb& verb, const std::vector<std::string>& words, std::string command) {
  namespace style = po::command_line_style;
  po::options_description declared;
  declared.add_options()("help", "");
  bool has_letters = false;
  for (const auto& option : verb.options) {
    const auto names = option.letter != 0 ? option.name + "," + option.letter : option.name;
    has_letters |= option.letter != 0;
    if (option.argument.empty()) declared.add_options()(names.c_str(), "");
    else declared.add_options()(names.c_str(), po::value<std::vector<std::string>>(), "");
  }
  // Guessing would make every prefix of an option part of the interface.
  int style_of_words = style::unix_style & ~style::allow_guessing;
  if (!has_letters) style_of_words &= ~style::allow_short;
  Arguments arguments;
  arguments.command_ = std::move(command);
  for (const auto& option : verb.options)
    if (!option.fallback.empty()) arguments.fallbacks_[option.name] = option.fallback;
  try {
    const auto parsed = po::command_line_parser(words).options(declared).style(style_of_words).run();
    for (const auto& option : parsed.options) {
      if (option.position_key >= 0 && option.string_key.empty()) {
        arguments.operands_.insert(arguments.operands_.end(), option.value.begin(), option.value.end());
        continue;
      }
      auto& values = arguments.values_[option.string_key];
      const auto* known = find_option(verb, option.string_key);
      if (known != nullptr && !known->argument.empty() && !known->repeatable && !values.empty())
        throw UsageFault("option --{} is given twice", option.string_key);
      values.insert(values.end(), option.value.begin(), option.value.end());
    }
  } catch (const po::error& error) {
    refuse(verb, error);
  }
  if (arguments.has("help")) return arguments;
  check_operands(verb, arguments.operands_);
  check_required(verb, arguments.values_);
  for (const auto& [name, values] : arguments.values_) {
    check_not_empty(verb, name, values);
    check_choices(verb, name, values);
  }
  return arguments;
}

}  // namespace morgana::host
