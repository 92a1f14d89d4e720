// SPDX-License-Identifier: Apache-2.0
#include "plugin/exception_type.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace morgana::host {

std::string current_exception_type() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) return "an unknown type";
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(type->name(), nullptr, nullptr, &status),
                                                    std::free);
  return status == 0 ? name.get() : type->name();
}

}  // namespace morgana::host
