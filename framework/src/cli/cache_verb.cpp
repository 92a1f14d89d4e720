// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "cache/store.hpp"
#include "cli/cache_option.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "pipeline/nearest.hpp"
#include "run/wording.hpp"

namespace morgana::host {
namespace {

using nlohmann::ordered_json;

void print_json(const ordered_json& document) { print(document.dump(1) + "\n"); }

int summarise(Store& store, bool json) {
  std::uint64_t bytes = 0;
  const auto entries = store.index().entries();
  for (const auto& item : entries) bytes += item.entry.bytes();
  if (json) print_json({{"cache", store.root().string()}, {"entries", entries.size()}, {"bytes", bytes}});
  else
    print(fmt::format("{}: {} in {}\n", store.root().string(), bytes_text(bytes),
                      entries.size() == 1 ? "1 entry" : fmt::format("{} entries", entries.size())));
  return kDone;
}

int list(Store& store, bool json) {
  ordered_json document = ordered_json::array();
  for (const auto& [entry, used] : store.index().entries()) {
    if (json) {
      document.push_back({{"key", entry.key},
                          {"stage", entry.stage},
                          {"bytes", entry.bytes()},
                          {"seconds", entry.seconds},
                          {"made", entry.made},
                          {"used", used},
                          {"folder", store.folder(entry.key).string()}});
      continue;
    }
    print(fmt::format("{}  {:<28}  {:>9}  took {:>12}  used {:%Y-%m-%d %H:%M}\n", entry.key.substr(0, 16), entry.stage,
                      bytes_text(entry.bytes()), duration_text(entry.seconds),
                      fmt::localtime(static_cast<std::time_t>(used))));
  }
  if (json) print_json(document);
  return kDone;
}

int clean_up(Store& store, const Arguments& arguments) {
  std::optional<std::int64_t> before;
  std::optional<std::uint64_t> keep;
  if (arguments.has("older-than")) {
    const auto age = parse_duration(arguments.value("older-than"));
    if (!age)
      throw UsageFault("option --older-than is \"{}\"; it takes a time such as 12h, 7d or 2w",
                       arguments.value("older-than"));
    before =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count() -
        *age;
  }
  if (arguments.has("keep-size")) {
    keep = parse_bytes(arguments.value("keep-size"));
    if (!keep)
      throw UsageFault("option --keep-size is \"{}\"; it takes a size such as 500M or 20GB",
                       arguments.value("keep-size"));
  }
  if (!before && !keep)
    throw UsageFault(Error("clean does not know what to remove")
                         .hint("say --older-than 7d, or --keep-size 20GB, or --keep-size 0 for all"));
  const auto report = clean(store, before, keep);
  if (arguments.has("json"))
    print_json({{"removed", report.removed},
                {"removed_bytes", report.removed_bytes},
                {"kept", report.kept},
                {"kept_bytes", report.kept_bytes},
                {"busy", report.busy}});
  else
    print(fmt::format("removed {} ({}), kept {} ({}){}\n", report.removed, bytes_text(report.removed_bytes),
                      report.kept, bytes_text(report.kept_bytes),
                      report.busy > 0 ? fmt::format(", of them {} in use by a run", report.busy) : ""));
  return kDone;
}

int check(Store& store, const Arguments& arguments) {
  const auto report = verify(store, arguments.has("mend"));
  const auto removed = static_cast<std::size_t>(
      std::count_if(report.broken.begin(), report.broken.end(), [](const Broken& item) { return item.removed; }));
  const auto left = report.broken.size() - removed;
  if (arguments.has("json")) {
    ordered_json document{{"entries", report.read}, {"broken", ordered_json::array()}};
    for (const auto& item : report.broken)
      document["broken"].push_back(
          {{"key", item.key}, {"stage", item.stage}, {"fault", item.fault}, {"removed", item.removed}});
    print_json(document);
  } else {
    for (const auto& item : report.broken)
      print(fmt::format("{}  {}: {}\n", item.key.substr(0, 16), item.stage, item.fault));
    std::string what_now;
    if (left > 0 && !arguments.has("mend")) what_now = "; --mend removes them";
    else if (left > 0) what_now = fmt::format(", {} removed, {} in use by a run", removed, left);
    else if (removed > 0) what_now = ", removed: they are made again when they are needed";
    print(fmt::format("{} read, {} broken{}\n", report.read, report.broken.size(), what_now));
  }
  return left == 0 ? kDone : kStageFailed;
}

/// An option that the action would not heed.
void check_options(const Arguments& arguments, const std::string& action) {
  constexpr std::pair<const char*, const char*> kOf[] = {
      {"older-than", "clean"}, {"keep-size", "clean"}, {"mend", "verify"}};
  for (const auto& [option, owner] : kOf)
    if (arguments.has(option) && action != owner)
      throw UsageFault(Error("option --{} belongs to {}", option, owner)
                           .hint(fmt::format("write morgana cache {} --{}", owner, option)));
}

int run_cache(const Arguments& arguments) {
  const std::string action = arguments.operands().empty() ? "" : arguments.operand(0);
  const std::vector<std::string> actions{"list", "clean", "verify"};
  if (!action.empty() && std::find(actions.begin(), actions.end(), action) == actions.end())
    throw UsageFault("cache does not know \"{}\"; it can list, clean and verify{}", action,
                     did_you_mean(action, actions));
  check_options(arguments, action);
  Store store(cache_folder(arguments));
  store.adopt_all();
  if (action.empty()) return summarise(store, arguments.has("json"));
  if (action == "list") return list(store, arguments.has("json"));
  if (action == "clean") return clean_up(store, arguments);
  return check(store, arguments);
}

}  // namespace

Verb cache_verb() {
  return {
      .name = "cache",
      .summary = "show, clean or verify the cache of results",
      .description =
          "Without an action: where the cache lies and how large it is.\n\n"
          "list shows every entry, the least recently used first. clean removes entries by age of last use, by total "
          "size, or both; an entry that a run is making is left alone. verify reads every file and compares its hash "
          "with what was written, and entry.json with the index; --mend removes the broken ones, so that they are made "
          "again when they are needed.\n\n"
          "Nothing in the cache is needed to read a finished run, except that its values/ are links into it.",
      .operands = {{.count = Operand::Count::kOptional, .name = "ACTION", .doc = "list, clean or verify"}},
      .options = {cache_option(),
                  {.name = "older-than",
                   .argument = "TIME",
                   .doc = "clean: remove what was not used for this long: 12h, 7d, 2w"},
                  {.name = "keep-size",
                   .argument = "SIZE",
                   .doc = "clean: remove the least recently used until no more than this is left: 500M, 20GB"},
                  {.name = "mend", .doc = "verify: remove what is broken"},
                  json_option()},
      .examples = "morgana cache\nmorgana cache clean --older-than 30d --keep-size 50GB\nmorgana cache verify --mend",
      .run = run_cache};
}

}  // namespace morgana::host
