// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/terminal.hpp"
#include "cli/verb.hpp"

namespace morgana::host {
namespace {

constexpr const char* kBegin = R"bash(# Completion of morgana for bash: source <(morgana completion bash)
_morgana() {
  local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} before=${COMP_WORDS[COMP_CWORD - 1]} words=
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "$_morgana_verbs --help --version" -- "$word"))
    return
  fi
  case $verb:$before in
    inspect:inspect) words=$(morgana list 2>/dev/null | cut -d' ' -f1) ;;
    help:help) words=$_morgana_verbs ;;
    completion:completion) words=bash ;;
    cache:cache) words="list clean verify" ;;
    show:show | diff:*) words=$(command ls runs 2>/dev/null) ;;
)bash";

constexpr const char* kMiddle = R"bash(  esac
  if [[ $word == -* ]]; then
    case $verb in
)bash";

constexpr const char* kEnd = R"bash(    esac
  fi
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _morgana morgana
)bash";

int print_completion() {
  std::string names, values, options;
  for (const auto& verb : verbs()) {
    names += (names.empty() ? "" : " ") + verb.name;
    std::string words = "--help";
    for (const auto& option : verb.options) {
      words += " --" + option.name;
      if (option.letter != 0) words += std::string(" -") + option.letter;
      std::string choices;
      for (const auto& choice : option.choices) choices += (choices.empty() ? "" : " ") + choice;
      if (!choices.empty()) values += fmt::format("    {}:--{}) words=\"{}\" ;;\n", verb.name, option.name, choices);
    }
    options += fmt::format("      {}) words=\"{}\" ;;\n", verb.name, words);
  }
  print(fmt::format("_morgana_verbs=\"{}\"\n", names) + kBegin + values + kMiddle + options + kEnd);
  return kDone;
}

int completion(const Arguments& arguments) {
  if (arguments.operand(0) != "bash")
    throw UsageFault("there is no completion for \"{}\"; there is one for bash", arguments.operand(0));
  return print_completion();
}

}  // namespace

Verb completion_verb() {
  return {.name = "completion",
          .summary = "print the shell's completion of this program",
          .description = "Prints a script that teaches bash to complete verbs, options, choices, stages and files.",
          .operands = {{.name = "SHELL", .doc = "bash"}},
          .examples =
              "source <(morgana completion bash)\n"
              "morgana completion bash > ~/.local/share/bash-completion/completions/morgana",
          .run = completion};
}

}  // namespace morgana::host
