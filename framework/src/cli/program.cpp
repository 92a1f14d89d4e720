// SPDX-License-Identifier: Apache-2.0
#include "cli/program.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "cache/plain_words.hpp"
#include "cli/request.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "pipeline/nearest.hpp"
#include "plugin/library.hpp"
#include "plugin/plugin_fault.hpp"

namespace morgana::host {
namespace {

std::string shell_word(const std::string& word) {
  constexpr const char* kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

const Verb& verb_called(const std::string& name) {
  if (const Verb* verb = find_verb(name)) return *verb;
  std::vector<std::string> names{"help"};
  for (const auto& known : verbs()) names.push_back(known.name);
  const auto* what = name.starts_with('-') ? "morgana itself has no option" : "there is no verb";
  throw UsageFault(Error("{} \"{}\"{}", what, name, did_you_mean(name, names)).hint("see morgana --help"));
}

int print_help(const std::vector<std::string>& words) {
  if (words.size() > 2)
    throw UsageFault(Error("help does not know what to do with \"{}\"", words[2]).hint("it takes one verb"));
  const bool of_program = words.size() < 2 || words[1] == "help" || words[1] == "--help";
  print(of_program ? help() : help_of(verb_called(words[1])));
  return kDone;
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty()) throw UsageFault(Error("it needs a verb").hint("see morgana --help"));
  if (words[0] == "--version") {
    print(fmt::format("morgana {}, {}\n", version(), host_interface()));
    return kDone;
  }
  if (words[0] == "--help" || words[0] == "help") return print_help(words);
  const auto& verb = verb_called(words[0]);
  std::string command = "morgana";
  for (const auto& word : words) command += " " + shell_word(word);
  const auto arguments = parse_arguments(verb, {words.begin() + 1, words.end()}, command);
  if (!arguments.has("help")) return verb.run(arguments);
  print(help_of(verb));
  return kDone;
}

}  // namespace

std::string version() { return MORGANA_VERSION; }

int run_program(const std::vector<std::string>& words) {
  try {
    const int code = dispatch(words);
    if (std::fflush(stdout) != 0) throw_unwritten();
    return code;
  } catch (const UsageFault& fault) {
    print_error("morgana", fault.what(), fault.hint());
    return kBadRequest;
  } catch (const PluginFault& fault) {
    print_error(fault.library().empty() ? "morgana" : fault.library().string(), fault.cause(), fault.hint());
    return kPluginFailed;
  } catch (const PipelineFault& fault) {
    print_faults(fault);
    return kBadRequest;
  } catch (const Error& error) {
    print_error("morgana", error.what(), error.hint());
    return kStageFailed;
  } catch (const std::exception& exception) {
    print_error("morgana", plain_words(exception), "");
    return kStageFailed;
  }
}

}  // namespace morgana::host
