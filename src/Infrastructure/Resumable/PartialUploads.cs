using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Measuring;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Resumable;

/// <summary>Uploads that arrive in parts, in the folder <c>partial</c> of TEMP_FOLDER. They survive the service; several processes may share them.</summary>
public sealed partial class PartialUploads
{
    private const int RandomDigits = 32;
    private const int ReplicaDigits = 8;

    // A file of bytes is made just before its record.
    private static readonly TimeSpan UntilOrphan = TimeSpan.FromMinutes(10);

    private readonly PartialFolder _folder;
    private readonly TimeProvider _time;

    internal PartialUploads(DirectoryInfo tempFolder, TimeProvider time) => (_folder, _time) = (new PartialFolder(tempFolder), time);

    /// <param name="replica">The name of the service that has the upload.</param>
    /// <param name="length">In bytes; null if the client will say later.</param>
    /// <param name="metadata">Kept for the client.</param>
    /// <returns>On disk, and held; the caller disposes it.</returns>
    /// <exception cref="StorageException">The temp folder can't be written.</exception>
    public async Task<PartialUpload> CreateAsync(string replica, long? length, string? metadata, TimeSpan timeToLive)
    {
        string id = BeginningOf(replica) + RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true);
        PartialRecord record = new() { Length = length, Metadata = metadata, ExpiresAt = _time.GetUtcNow() + timeToLive, Boot = MakerMark.Own?.Boot };
        return await TempFaults.GuardAsync(async () =>
        {
            FileStream bytes = _folder.Create(id);
            try
            {
                await _folder.SaveAsync(id, record);
                return new PartialUpload(id, _folder, bytes, record);
            }
            catch
            {
                await bytes.DisposeAsync();
                _folder.Remove(id);
                throw;
            }
        });
    }

    // By these digits a proxy finds who has the upload. A hash, since the name is nobody's business.
    private static string BeginningOf(string replica) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(replica)))[..ReplicaDigits];

    /// <returns>Held; the caller disposes it. Null if there is none, or if it has expired.</returns>
    /// <param name="id">As a client gave it.</param>
    /// <exception cref="PartialUploadHeldException">Another request or process holds it.</exception>
    /// <exception cref="StorageException">The temp folder can't be read.</exception>
    public PartialUpload? Open(string id)
    {
        // Before the lock: a sweep that removes it has that for a moment.
        if (!IdGrammar().IsMatch(id) || TempFaults.Guard(() => _folder.Read(id)) is not { } record || record.ExpiresAt <= _time.GetUtcNow())
        {
            return null;
        }

        return TempFaults.Guard(() => _folder.Open(id)) is { } found ? new PartialUpload(id, _folder, found.Bytes, found.Record) : null;
    }

    /// <returns>Every upload that is there now, with the bytes that it takes.</returns>
    /// <exception cref="StorageException">The temp folder can't be read.</exception>
    public IReadOnlyDictionary<string, long> List() =>
        TempFaults.Guard(() => _folder.List().Where(one => IdGrammar().IsMatch(one.Id)).ToDictionary(one => one.Id, one => one.Bytes));

    /// <summary>Removes what has expired and what a crash left without a record; what is held stays.</summary>
    public Swept Sweep()
    {
        DateTimeOffset now = _time.GetUtcNow();
        return Swept.All(() => [.. _folder.List().Where(one => IdGrammar().IsMatch(one.Id) && IsOver(one.Id, one.WrittenAt)).Select(one => one.Id)], TryRemove)
            + _folder.SweepPartialFiles();

        bool IsOver(string id, DateTimeOffset writtenAt) => _folder.Read(id) is { } record ? record.ExpiresAt <= now : writtenAt < now - UntilOrphan;

        bool TryRemove(string id)
        {
            try
            {
                using FileStream? bytes = _folder.Open(id)?.Bytes;
                _folder.Remove(id);
                if (bytes is not null)
                {
                    Measures.Resume("expired");
                }

                return true;
            }
            catch (PartialUploadHeldException)
            {
                return false;
            }
        }
    }

    [GeneratedRegex(@"\A[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdGrammar();
}
