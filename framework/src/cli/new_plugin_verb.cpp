// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "cache/durable.hpp"
#include "cli/new_plugin_text.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"

namespace morgana::host {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// "minimum-packets" -> "MinimumPackets"
std::string camel_case(const std::string& name) {
  std::string result;
  bool upper = true;
  for (const char c : name) {
    if (c == '-') upper = true;
    else result += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c, upper = false;
  }
  return result;
}

bool is_word(const std::string& text) {
  return !text.empty() && text[0] >= 'a' && text[0] <= 'z' && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

int new_plugin(const Arguments& arguments) {
  const auto& stage = arguments.operand(0);
  const auto dot = stage.find('.');
  const auto kind = stage.substr(0, dot), name = dot == std::string::npos ? "" : stage.substr(dot + 1);
  if (!is_word(kind) || !is_word(name))
    throw UsageFault(
        Error("\"{}\" is no name of a stage", stage)
            .hint("a name is KIND.NAME, such as select.minimum-packets: lower-case letters, digits and hyphens"));
  const std::filesystem::path folder = arguments.operands().size() > 1 ? arguments.operand(1) : name;
  if (std::filesystem::exists(folder)) throw UsageFault("{} is there already", folder.string());
  const auto file = replaced(name, "-", "_");
  const auto filled = [&](const char* text) {
    return replaced(replaced(replaced(replaced(text, "@STAGE@", stage), "@NAME@", name), "@CLASS@", camel_case(name)),
                    "@FILE@", file);
  };
  make_folders(folder);
  write_whole_file(folder / "CMakeLists.txt", filled(kPluginBuildText));
  const auto [code, pipeline] = kind == "evaluate" ? std::pair{kMetricText, kMetricPipelineText}
                                : kind == "train"  ? std::pair{kGeneratorText, kGeneratorPipelineText}
                                                   : std::pair{kFilterText, kFilterPipelineText};
  write_whole_file(folder / (file + ".cpp"), filled(code));
  write_whole_file(folder / "try.json", filled(pipeline));
  print(
      fmt::format("wrote {0}/CMakeLists.txt, {1}.cpp and try.json\n\n"
                  "  cmake -S {0} -B {0}/build && cmake --build {0}/build\n"
                  "  export MORGANA_PLUGIN_PATH=$PWD/{0}/build\n"
                  "  morgana inspect {2}\n"
                  "  morgana validate {0}/try.json\n",
                  folder.string(), file, stage));
  return kDone;
}

}  // namespace

Verb new_plugin_verb() {
  return {
      .name = "new-plugin",
      .summary = "write the beginnings of a plugin",
      .description =
          "Writes a folder with a plugin that works as it stands: a CMakeLists.txt that builds against the installed "
          "SDK, one source file, and a pipeline to try it with. For evaluate.NAME the stage is a metric, for "
          "train.NAME "
          "a generator with its sample.NAME, both with a pipeline that ends in a report beside controls; for any other "
          "kind it filters traces. Change the file until it does what you want.",
      .operands = {{.name = "KIND.NAME",
                    .doc = "what the stage is called in pipelines, such as select.minimum-packets"},
                   {Operand::Count::kOptional, "FOLDER", "where to write it; else a new folder NAME"}},
      .examples =
          "morgana new-plugin select.minimum-packets\nmorgana new-plugin evaluate.entropy ~/plugins/entropy\nmorgana "
          "new-plugin train.my-model",
      .run = new_plugin};
}

}  // namespace morgana::host
