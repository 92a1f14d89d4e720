// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "morgana/error.hpp"
#include "morgana/value.hpp"

namespace morgana {

class Stage;

enum class Need { kRequired, kOptional };

/// Where a gathered value comes from: its node and the combination of `vary` that node stands for.
struct Origin {
  std::string node;                              ///< "tstr"
  std::string port;                              ///< "metrics"
  std::map<std::string, std::string> variables;  ///< {"encoder": "encode.gasf", "generator": "ddpm"}
};

/// An input without its type; what the host sees.
class MORGANA_API InputBase {
 public:
  const std::string& name() const noexcept { return name_; }
  const std::string& doc() const noexcept { return doc_; }
  const ValueType& value_type() const noexcept { return *type_; }
  bool required() const noexcept { return need_ == Need::kRequired; }
  bool many() const noexcept { return many_; }

  /// Called by the host before `run`, once for `In`, once an edge for `Gather`.
  void connect(std::shared_ptr<const Value> value, Origin origin);

  InputBase(const InputBase&) = delete;
  InputBase& operator=(const InputBase&) = delete;

 protected:
  InputBase(Stage& stage, std::string name, std::string doc, const ValueType& type, Need need, bool many);
  ~InputBase() = default;

  std::vector<std::pair<Origin, std::shared_ptr<const Value>>> values_;

 private:
  std::string name_, doc_;
  const ValueType* type_;
  Need need_;
  bool many_;
};

/// An input of a stage: a constant value of type `T`.
template <typename T>
class In final : public InputBase {
 public:
  In(Stage& stage, std::string name, std::string doc, Need need = Need::kRequired)
      : InputBase(stage, std::move(name), std::move(doc), T::type(), need, false) {}

  /// False for an optional input that the pipeline leaves open.
  explicit operator bool() const noexcept { return !values_.empty(); }
  const T& operator*() const { return *shared(); }
  const T* operator->() const { return shared().get(); }
  std::shared_ptr<const T> shared() const {
    if (values_.empty()) throw Error("input \"{}\" is not connected", name());
    return std::static_pointer_cast<const T>(values_.front().second);
  }
};

/// An input that takes any number of values, each with its origin: where `gather` ends.
template <typename T>
class Gather final : public InputBase {
 public:
  Gather(Stage& stage, std::string name, std::string doc, Need need = Need::kRequired)
      : InputBase(stage, std::move(name), std::move(doc), T::type(), need, true) {}

  std::size_t size() const noexcept { return values_.size(); }
  const Origin& origin(std::size_t index) const { return values_.at(index).first; }
  const T& operator[](std::size_t index) const { return static_cast<const T&>(*values_.at(index).second); }
  std::shared_ptr<const T> shared(std::size_t index) const {
    return std::static_pointer_cast<const T>(values_.at(index).second);
  }
};

/// An output without its type; what the host sees.
class MORGANA_API OutputBase {
 public:
  const std::string& name() const noexcept { return name_; }
  const std::string& doc() const noexcept { return doc_; }
  const ValueType& value_type() const noexcept { return *type_; }
  /// Null until the stage has assigned it.
  const std::shared_ptr<const Value>& value() const noexcept { return value_; }

  OutputBase(const OutputBase&) = delete;
  OutputBase& operator=(const OutputBase&) = delete;

 protected:
  OutputBase(Stage& stage, std::string name, std::string doc, const ValueType& type);
  ~OutputBase() = default;
  void assign(std::shared_ptr<const Value> value);
  const Value& assigned() const;

 private:
  std::string name_, doc_;
  const ValueType* type_;
  std::shared_ptr<const Value> value_;
};

/// An output of a stage: assigned exactly once, and constant from then on.
template <typename T>
class Out final : public OutputBase {
 public:
  Out(Stage& stage, std::string name, std::string doc)
      : OutputBase(stage, std::move(name), std::move(doc), T::type()) {}

  Out& operator=(T value) {
    assign(std::make_shared<const T>(std::move(value)));
    return *this;
  }
  Out& operator=(std::shared_ptr<const T> value) {
    assign(std::move(value));
    return *this;
  }
  /// Reading an output before it is assigned is an error.
  const T& operator*() const { return static_cast<const T&>(assigned()); }
  const T* operator->() const { return &**this; }
};

}  // namespace morgana
