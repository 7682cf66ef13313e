namespace ImageBackend.Infrastructure.Resumable;

/// <summary>What is known of a partial upload besides its bytes. It is a file of its own, which is only ever replaced as a whole.</summary>
internal sealed record PartialRecord
{
    /// <summary>Bytes of the whole file; null until the client says.</summary>
    public long? Length { get; init; }

    /// <summary>As the client sent it; null if it sent none.</summary>
    public string? Metadata { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Bytes that are certainly on disk.</summary>
    public long Offset { get; init; }

    /// <summary>
    /// The boot of the kernel in which the bytes beyond <see cref="Offset"/> count too: if only the process dies, the kernel still writes them. Null:
    /// they never count, since their checksum is not verified yet, or the system does not identify its boots.
    /// </summary>
    public string? Boot { get; init; }

    /// <summary>Under which the image is stored; null until all bytes are there.</summary>
    public string? Stem { get; init; }

    /// <summary>What the client is told of the stored image; null until it is stored. From then on there are no bytes.</summary>
    public string? Answer { get; init; }
}
