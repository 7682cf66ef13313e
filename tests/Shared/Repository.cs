namespace ImageBackend.Testing;

/// <summary>The files of the repository that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string File(params string[] path) => Path.Combine([Root, .. path]);

    private static string Find(string folder)
    {
        for (DirectoryInfo? one = new(folder); one is not null; one = one.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(one.FullName, "ImageBackend.sln")))
            {
                return one.FullName;
            }
        }

        throw new InvalidOperationException($"No ImageBackend.sln above {folder}.");
    }
}
