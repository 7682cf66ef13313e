namespace ImageBackend.Infrastructure.Storage;

/// <summary>What every backend needs from the settings that are not its own.</summary>
/// <param name="CacheControl">Header for published images.</param>
/// <param name="TempFolder">For whatever must pass through this machine.</param>
/// <param name="MaxBytes">Size of the largest original.</param>
public sealed record StorageOptions(string CacheControl, DirectoryInfo TempFolder, long MaxBytes);
