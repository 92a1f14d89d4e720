// SPDX-License-Identifier: Apache-2.0
#include "run/record_form.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "morgana/error.hpp"

namespace morgana::host {
namespace {

using nlohmann::json;

enum class Kind { kText, kNumber, kObject, kList };

struct Member {
  const char* name;
  Kind kind;
};

constexpr Member kRun[] = {{"pipeline", Kind::kText},  {"status", Kind::kText},     {"started", Kind::kText},
                           {"command", Kind::kText},   {"seconds", Kind::kNumber},  {"machine", Kind::kObject},
                           {"plugins", Kind::kObject}, {"versions", Kind::kObject}, {"nodes", Kind::kList}};
constexpr Member kMachine[] = {{"processor", Kind::kText}, {"threads", Kind::kNumber}};
constexpr Member kNode[] = {{"name", Kind::kText},
                            {"stage", Kind::kText},
                            {"status", Kind::kText},
                            {"reason", Kind::kText},
                            {"error", Kind::kText},
                            {"seconds", Kind::kNumber},
                            {"peak_memory_bytes", Kind::kNumber},
                            {"parameters", Kind::kObject},
                            {"outputs", Kind::kObject},
                            {"products", Kind::kObject}};
constexpr Member kFile[] = {{"file", Kind::kText}, {"sha256", Kind::kText}, {"bytes", Kind::kNumber}};

bool is(const json& value, Kind kind) {
  switch (kind) {
    case Kind::kText:
      return value.is_string();
    case Kind::kNumber:
      return value.is_number();
    case Kind::kObject:
      return value.is_object();
    case Kind::kList:
      return value.is_array();
  }
  return false;
}

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::kText:
      return "a string";
    case Kind::kNumber:
      return "a number";
    case Kind::kObject:
      return "an object";
    case Kind::kList:
      return "a list";
  }
  return "";
}

/// Where in the record it is looked at, for the message: "nodes[2].outputs.model".
class Place {
 public:
  Place(const std::filesystem::path& file, std::string path) : file_(file), path_(std::move(path)) {}

  Place at(const std::string& name) const { return {file_, path_.empty() ? name : path_ + "." + name}; }
  Place at(std::size_t index) const { return {file_, fmt::format("{}[{}]", path_, index)}; }

  void expect(const json& value, Kind kind) const {
    if (!is(value, kind)) throw Error("{} is no run record: \"{}\" is not {}", file_.string(), path_, name_of(kind));
  }
  /// Every one of the members that is there has its type.
  template <std::size_t N>
  void expect(const json& object, const Member (&members)[N]) const {
    expect(object, Kind::kObject);
    for (const auto& member : members)
      if (const auto found = object.find(member.name); found != object.end())
        at(member.name).expect(*found, member.kind);
  }

 private:
  const std::filesystem::path& file_;
  std::string path_;
};

void check_node(const json& node, const Place& place) {
  place.expect(node, kNode);
  if (!node.contains("name")) place.at("name").expect(json(), Kind::kText);
  for (const char* list : {"outputs", "products"})
    if (const auto found = node.find(list); found != node.end())
      for (const auto& [port, file] : found->items()) place.at(list).at(port).expect(file, kFile);
}

}  // namespace

void check_record_form(const json& record, const std::filesystem::path& file) {
  const auto format = record.is_object() ? record.find("morgana") : record.end();
  if (format == record.end() || *format != "run/1")
    throw Error("{} is no run record: it does not say \"morgana\": \"run/1\"", file.string());
  const Place top(file, "");
  top.expect(record, kRun);
  if (const auto machine = record.find("machine"); machine != record.end())
    top.at("machine").expect(*machine, kMachine);
  if (const auto nodes = record.find("nodes"); nodes != record.end())
    for (std::size_t i = 0; i < nodes->size(); ++i) check_node((*nodes)[i], top.at("nodes").at(i));
}

}  // namespace morgana::host
