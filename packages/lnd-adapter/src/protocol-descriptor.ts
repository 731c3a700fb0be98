/** protobufjs' JSON form of .proto files, as far as this package reads it. */
export interface ProtocolDescriptor {
  readonly nested: Readonly<Record<string, NamespaceDescriptor>>
}

export interface NamespaceDescriptor {
  readonly nested?: Readonly<Record<string, NamespaceDescriptor>>
  /** Of a message. */
  readonly fields?: Readonly<Record<string, FieldDescriptor>>
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>
  /** Of an enum. */
  readonly values?: Readonly<Record<string, number>>
  readonly options?: Readonly<Record<string, unknown>>
  /** Of a service. */
  readonly methods?: Readonly<Record<string, MethodDescriptor>>
}

export interface FieldDescriptor {
  readonly type: string
  readonly id: number
  readonly rule?: string
  /** Of a map. */
  readonly keyType?: string
}

export interface MethodDescriptor {
  readonly requestType: string
  readonly responseType: string
  readonly responseStream?: boolean
}
