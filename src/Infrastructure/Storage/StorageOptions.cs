namespace ImageBackend.Infrastructure.Storage;

/// <summary>What every backend needs of the settings that are not its own.</summary>
/// <param name="CacheControl">Header of published images.</param>
/// <param name="TempFolder">For what must pass through this machine.</param>
/// <param name="MaxBytes">Of the largest original.</param>
public sealed record StorageOptions(string CacheControl, DirectoryInfo TempFolder, long MaxBytes);
