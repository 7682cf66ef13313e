namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Tells what a process that is gone left behind from what a living one still uses.</summary>
/// <remarks>
/// A lock alone does not tell: .NET takes none on a file that is open for writing on NFS and SMB, other file systems have none, and
/// some keep them to one host.
/// </remarks>
internal static class Leftovers
{
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(1);

    /// <param name="drawn">The part of its name that <see cref="MakerMark.Draw"/> gave.</param>
    /// <param name="writtenAt">When something of it was last written.</param>
    /// <param name="folder">Where a lock of its maker would be seen; it is tried there, where that counts.</param>
    /// <returns>Whether what nobody has locked is left over: it is old, or its maker is gone.</returns>
    public static bool IsOne(string drawn, DateTime writtenAt, string folder) =>
        writtenAt < TimeProvider.System.GetUtcNow().UtcDateTime - LongestLife
        || (MakerMark.TryParse(drawn, out MakerMark? maker) && (maker.IsThere() switch
        {
            true => false,
            false => true,
            // Of another container on this host: the kernel is the same, so that its locks are seen if there are any.
            null => maker.IsOfThisHost && HeldFile.LocksHoldIn(folder),
        }));
}
