// SPDX-License-Identifier: Apache-2.0
#include "morgana/stage.hpp"

#include <algorithm>
#include <utility>

#include "morgana/value.hpp"

namespace morgana {

Value::~Value() = default;
Context::~Context() = default;
Stage::Stage() = default;
Stage::~Stage() = default;

void Stage::declare_name(const std::string& kind, const std::string& name) {
  const std::string entry = kind + " " + name;
  if (std::find(names_.begin(), names_.end(), entry) != names_.end())
    throw Error("{} \"{}\" is declared twice", kind, name);
  names_.push_back(entry);
}

void Stage::check() const {
  for (const auto* check : checks_) (*check)();
}

Check::Check(Stage& stage, std::function<void()> condition) : condition_(std::move(condition)) {
  stage.checks_.push_back(this);
}

InputBase::InputBase(Stage& stage, std::string name, std::string doc, const ValueType& type, Need need, bool many)
    : name_(std::move(name)), doc_(std::move(doc)), type_(&type), need_(need), many_(many) {
  stage.declare_name("input", name_);
  stage.inputs_.push_back(this);
}

void InputBase::connect(std::shared_ptr<const Value> value, Origin origin) {
  if (!many_ && !values_.empty()) throw Error("input \"{}\" takes one value and was given two", name_);
  if (!value || value->value_type().name != type_->name)
    throw Error("input \"{}\" takes {}, not {}", name_, type_->name, value ? value->value_type().name : "nothing");
  values_.emplace_back(std::move(origin), std::move(value));
}

OutputBase::OutputBase(Stage& stage, std::string name, std::string doc, const ValueType& type)
    : name_(std::move(name)), doc_(std::move(doc)), type_(&type) {
  stage.declare_name("output", name_);
  stage.outputs_.push_back(this);
}

void OutputBase::assign(std::shared_ptr<const Value> value) {
  if (value_) throw Error("output \"{}\" is assigned twice", name_);
  if (!value) throw Error("output \"{}\" is assigned nothing", name_);
  value_ = std::move(value);
}

const Value& OutputBase::assigned() const {
  if (!value_) throw Error("output \"{}\" is read before it is assigned", name_);
  return *value_;
}

Seed::Seed(Stage& stage) {
  if (stage.seed_ != nullptr) throw Error("a stage declares one seed, not two");
  stage.seed_ = this;
}

}  // namespace morgana
