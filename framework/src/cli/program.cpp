// SPDX-License-Identifier: Apache-2.0
#include "cli/program.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "cli/request.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "pipeline/nearest.hpp"
#include "plugin/library.hpp"
#include "plugin/plugin_fault.hpp"

namespace morgana::host {
namespace {

std::string quoted(const std::string& word) {
  constexpr const char* kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty()) {
    print_error("morgana", "it needs a verb", "see morgana --help");
    return kBadRequest;
  }
  if (words[0] == "--version") {
    print(fmt::format("morgana {}, {}\n", version(), host_interface()));
    return kDone;
  }
  if (words[0] == "--help" || (words[0] == "help" && words.size() == 1)) {
    print(help());
    return kDone;
  }
  const bool asks_help = words[0] == "help";
  const auto& name = words[asks_help ? 1 : 0];
  const Verb* verb = find_verb(name);
  if (verb == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : verbs()) names.push_back(known.name);
    throw UsageFault(Error("there is no verb \"{}\"{}", name, did_you_mean(name, names)).hint("see morgana --help"));
  }
  std::string command = "morgana";
  for (const auto& word : words) command += " " + quoted(word);
  const std::vector<std::string> rest(words.begin() + (asks_help ? 2 : 1), words.end());
  const auto arguments = asks_help ? Arguments() : parse_arguments(*verb, rest, command);
  if (asks_help || arguments.has("help")) {
    print(help_of(*verb));
    return kDone;
  }
  return verb->run(arguments);
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
    print_error("morgana", exception.what(), "");
    return kStageFailed;
  }
}

}  // namespace morgana::host
