using System.Buffers;
using System.Security.Cryptography;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Resumable;

/// <summary>One partial upload, held: until it is disposed, no other request and no other process can open it.</summary>
/// <remarks>Not for several threads. Every method may throw <see cref="StorageException"/>.</remarks>
public sealed class PartialUpload : IAsyncDisposable
{
    // As of any upload: for each one in progress, however slow.
    private const int ReceiveBytes = 16 * 1024;

    private readonly PartialFolder _folder;
    private readonly FileStream _bytes;
    private PartialRecord _record;
    private PartialRecord _saved;

    internal PartialUpload(string id, PartialFolder folder, FileStream bytes, PartialRecord record)
    {
        (Id, _folder, _bytes, _record, _saved) = (id, folder, bytes, record, record);
        Offset = record.Answer is not null ? record.Length!.Value
            : record.Boot is { } boot && boot == MakerMark.Own?.Boot ? bytes.Length
            : Math.Min(record.Offset, bytes.Length);
    }

    public string Id { get; }

    /// <summary>Bytes that have arrived; <see cref="ConfirmAsync"/> says when they are on disk.</summary>
    public long Offset { get; private set; }

    /// <inheritdoc cref="PartialRecord.Length"/>
    public long? Length => _record.Length;

    /// <inheritdoc cref="PartialRecord.Metadata"/>
    public string? Metadata => _record.Metadata;

    public DateTimeOffset ExpiresAt => _record.ExpiresAt;

    /// <inheritdoc cref="PartialRecord.Stem"/>
    public string? Stem => _record.Stem;

    /// <inheritdoc cref="PartialRecord.Answer"/>
    public string? Answer => _record.Answer;

    /// <summary>Whether all bytes are there.</summary>
    public bool IsComplete => Offset == Length;

    /// <summary>Bytes that it takes on disk.</summary>
    public long StoredBytes => Answer is null ? Offset : 0;

    /// <summary>Sets the length that was not known at its creation. Kept by the next <see cref="ConfirmAsync"/>.</summary>
    public void Declare(long length) => _record = _record with { Length = length };

    /// <summary>From now on, a crash discards what has arrived since the last <see cref="ConfirmAsync"/>.</summary>
    public Task DistrustAsync() => SaveAsync(_record with { Boot = null });

    /// <summary>Appends content, to its end or to one byte past the limit, whichever comes first; what is past the limit is not kept.</summary>
    /// <param name="content">Its exceptions pass through; what came before them is kept.</param>
    /// <param name="sum">Gets what is appended; null: nobody asks for its checksum.</param>
    /// <returns>Bytes read: if more than <paramref name="maxBytes"/>, the content is too long.</returns>
    public async Task<long> AppendAsync(Stream content, long maxBytes, IncrementalHash? sum, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
        try
        {
            _bytes.Position = Offset;
            long total = 0;
            int read = 1;
            while (total <= maxBytes && read > 0)
            {
                // A socket yields a few kilobytes at a time; they are collected and written a buffer at a time, also if it breaks in between.
                Memory<byte> free = buffer.AsMemory(0, (int)Math.Min(ReceiveBytes, maxBytes - total + 1));
                int filled = 0;
                try
                {
                    while (filled < free.Length && (read = await content.ReadAsync(free[filled..], cancellationToken)) > 0)
                    {
                        filled += read;
                    }
                }
                finally
                {
                    total += filled;
                    await WriteAsync(free[..(int)Math.Min(filled, filled + maxBytes - total)], sum);
                }
            }

            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Discards what arrived beyond an earlier offset.</summary>
    public void CutTo(long offset) => TempFaults.Guard(() =>
    {
        _bytes.SetLength(offset);
        Offset = offset;
    });

    /// <summary>Puts everything on disk: afterwards <see cref="Offset"/> survives a power cut.</summary>
    public async Task ConfirmAsync()
    {
        string? boot = MakerMark.Own?.Boot;
        TempFaults.Guard(() =>
        {
            if (_bytes.Length > Offset)
            {
                _bytes.SetLength(Offset); // after a power cut, or a disk that got full
            }
        });
        PartialRecord record = _record with { Offset = Offset, Boot = boot };
        if (record != _saved)
        {
            TempFaults.Guard(() => Posix.FlushFile(_bytes));
            await SaveAsync(record);
        }
    }

    /// <summary>Keeps, on disk, under which stem the image is going to be stored.</summary>
    public Task NameAsync(string stem) => SaveAsync(_record with { Stem = stem });

    /// <returns>All bytes from the first on; the caller disposes it, which leaves this open.</returns>
    public Stream OpenRead()
    {
        _bytes.Position = 0;
        return new Content(_bytes);
    }

    /// <summary>Keeps the answer, on disk, and then gives up the bytes.</summary>
    public async Task CompleteAsync(string answer)
    {
        await SaveAsync(_record with { Answer = answer });
        TempFaults.Guard(() => _bytes.SetLength(0));
    }

    /// <summary>Removes it with everything that belongs to it.</summary>
    public void Remove() => TempFaults.Guard(() => _folder.Remove(Id));

    public ValueTask DisposeAsync() => _bytes.DisposeAsync();

    private async Task WriteAsync(ReadOnlyMemory<byte> part, IncrementalHash? sum)
    {
        await TempFaults.GuardAsync(async () =>
        {
            await _bytes.WriteAsync(part, CancellationToken.None); // it has arrived, whatever becomes of the request
            return true;
        });
        sum?.AppendData(part.Span);
        Offset += part.Length;
    }

    private async Task SaveAsync(PartialRecord record)
    {
        _record = _saved = await TempFaults.GuardAsync(async () =>
        {
            await _folder.SaveAsync(Id, record);
            return record;
        });
    }

    /// <summary>A fault of the disk is one of the temp folder, whoever reads it.</summary>
    private sealed class Content(FileStream bytes) : AsyncReadStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await TempFaults.GuardAsync(() => bytes.ReadAsync(buffer, cancellationToken).AsTask());
    }
}
