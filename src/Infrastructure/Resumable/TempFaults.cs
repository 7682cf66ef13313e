using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Resumable;

/// <summary>Turns faults of the disk into a <see cref="StorageException"/> of the temp folder.</summary>
internal static class TempFaults
{
    private const string StorageName = "temp";

    public static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            throw DiskFaults.Of(StorageName, exception);
        }
    }

    public static void Guard(Action work) => Guard(() =>
    {
        work();
        return true;
    });

    public static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            throw DiskFaults.Of(StorageName, exception);
        }
    }
}
