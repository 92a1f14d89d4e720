// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "morgana/error.hpp"

namespace morgana::host {

/// An option of a verb. Its help, its parsing and its completion all come from here.
struct Option {
  std::string name;           ///< "plugin-path", without the dashes
  std::string argument = "";  ///< what its value is called: "FOLDER"; empty: a flag
  std::string doc = "";
  std::string fallback = "";              ///< the value where it is not given
  std::vector<std::string> choices = {};  ///< its value must be one of them; empty: any
  bool repeatable = false;
  char letter = 0;        ///< 'o': it can be written -o; 0: it has no letter
  bool required = false;  ///< the verb cannot do without
};

/// A word of a verb that is no option.
struct Operand {
  enum class Count { kOne, kOptional, kMany } count = Count::kOne;  ///< only the last may be other than kOne
  std::string name;                                                 ///< "FILE"
  std::string doc = "";
};

/// What was typed behind a verb: checked against its declaration.
class Arguments {
 public:
  const std::vector<std::string>& operands() const noexcept { return operands_; }
  const std::string& operand(std::size_t index) const { return operands_.at(index); }
  bool has(const std::string& option) const { return values_.contains(option); }
  /// The option's value: as given, or its fallback, or "".
  std::string value(const std::string& option) const;
  /// Every value of a repeatable option, in order.
  std::vector<std::string> values(const std::string& option) const;
  /// The value as a whole number of at least `least`; nothing where it was not given. Throws `UsageFault`.
  std::optional<int> number(const std::string& option, int least) const;
  /// The command as typed, quoted so that a shell reads it again.
  const std::string& command() const noexcept { return command_; }

 private:
  friend Arguments parse_arguments(const struct Verb&, const std::vector<std::string>&, std::string);
  std::vector<std::string> operands_;
  std::map<std::string, std::vector<std::string>> values_;
  std::map<std::string, std::string> fallbacks_;
  std::string command_;
};

/// Exit codes of the program.
enum ExitCode { kDone = 0, kStageFailed = 1, kBadRequest = 2, kPluginFailed = 3 };

/// A command line that cannot be followed: exit code 2.
class UsageFault : public Error {
 public:
  using Error::Error;
  explicit UsageFault(const Error& cause) : Error(cause) {}
};

/// A word after `morgana`, and what it does.
///
/// `run` returns an `ExitCode`. What it throws ends the program with a message: `UsageFault` with 2, `PluginFault`
/// with 3, anything else with 1. Results go to stdout, messages to stderr.
struct Verb {
  std::string name;
  std::string summary;      ///< one line, lower case, no full stop
  std::string description;  ///< paragraphs, separated by empty lines; wrapped by `help_of`
  std::vector<Operand> operands = {};
  std::vector<Option> options = {};
  std::string examples = "";  ///< lines as typed, and comments
  int (*run)(const Arguments&) = nullptr;
  std::string exit_codes = "";  ///< where they are not the usual ones
};

/// Every verb, in the order of `morgana --help`. A new one: declare its function below, add it in verbs.cpp.
const std::vector<Verb>& verbs();
/// The verb of that name; null where there is none.
const Verb* find_verb(const std::string& name);

/// Reads the words behind a verb. Throws `UsageFault` with the nearest option's name.
Arguments parse_arguments(const Verb& verb, const std::vector<std::string>& words, std::string command);

std::string help_of(const Verb& verb);  ///< as a manual page would say it
std::string help();                     ///< of the program

/// The options of every verb that looks for plugins: `--plugin-path`; and `--json`, of every verb with results.
Option plugin_path_option();
Option json_option(std::string doc = "print the result as JSON");

// One file each: <name>_verb.cpp.
Verb list_verb();
Verb inspect_verb();
Verb validate_verb();
Verb graph_verb();
Verb new_plugin_verb();
Verb doctor_verb();
Verb schema_verb();
Verb reference_verb();
Verb completion_verb();
Verb manifest_verb();
Verb run_verb();
Verb generate_verb();
Verb capture_verb();
Verb explain_verb();
Verb show_verb();
Verb diff_verb();
Verb cache_verb();

}  // namespace morgana::host
