using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Storage;

/// <summary>What a backend contributes to a start.</summary>
/// <param name="VariableEnding">How the variables of its two storages end, such as <c>FOLDER</c>.</param>
/// <param name="Shortcomings">Each returns what a storage can't do, or null.</param>
/// <param name="Sweeps">Each removes what a crash left half-written.</param>
/// <param name="Folders">Those of this machine in which it keeps images, by the name of their storage.</param>
internal sealed record StoragePart(
    string VariableEnding,
    IReadOnlyList<Func<string?>> Shortcomings,
    IReadOnlyList<Func<Swept>> Sweeps,
    IReadOnlyList<(string Storage, DirectoryInfo Folder)> Folders);
