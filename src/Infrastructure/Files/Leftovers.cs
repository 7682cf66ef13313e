namespace ImageBackend.Infrastructure.Files;

/// <summary>Tells what a dead process left behind from what a running one still uses.</summary>
/// <remarks>
/// A lock alone is not enough: .NET takes none on a file that is open for writing on NFS and SMB, other file systems have none, and
/// some don't share locks between hosts.
/// </remarks>
internal static class Leftovers
{
    private static readonly TimeSpan MaxLife = TimeSpan.FromDays(1);

    /// <param name="drawn">The part of its name that <see cref="MakerMark.Draw"/> returned.</param>
    /// <param name="writtenAt">When any of it was last written.</param>
    /// <param name="folder">Where its maker's locks would be visible; tested there if it matters.</param>
    /// <returns>Whether something that nobody has locked is a leftover: it is old, or its maker is gone.</returns>
    public static bool IsOne(string drawn, DateTime writtenAt, string folder) =>
        writtenAt < TimeProvider.System.GetUtcNow().UtcDateTime - MaxLife
        || (MakerMark.TryParse(drawn, out MakerMark? maker) && (maker.IsThere() switch
        {
            true => false,
            false => true,
            // Made in another container on this host: the kernel is the same, so its locks are visible if there are any.
            null => maker.IsOfThisHost && LocksHoldIn(folder),
        }));

    /// <summary>Removes the partial files that a crash left in a folder; those that a process still writes stay.</summary>
    /// <param name="finish">Called for each before it is removed, if it says what it is of.</param>
    public static Swept SweepPartialFiles(string folder, Action<string>? finish = null) => Swept.All(() => Directory.EnumerateFiles(folder, PartialFile.Prefix + "*"), path =>
    {
        using FileStream? file = HeldFile.TryTake(path);
        (string drawn, string? of) = PartialFile.Parse(path);
        if (file is null || !IsOne(drawn, File.GetLastWriteTimeUtc(file.SafeFileHandle), folder))
        {
            return false;
        }

        if (of is not null)
        {
            finish?.Invoke(of);
        }

        File.Delete(path);
        return true;
    });

    // Whether a second attempt to open a held file in this folder notices the lock.
    private static bool LocksHoldIn(string folder)
    {
        using FileStream held = HeldFile.Create(() => PartialFile.Draw(folder));
        try
        {
            using FileStream? second = HeldFile.TryTake(held.Name);
            return second is null;
        }
        finally
        {
            File.Delete(held.Name);
        }
    }
}
