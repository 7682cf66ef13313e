using System.Diagnostics;

namespace ImageBackend.Testing;

/// <summary>A fact about folders that lie, which needs FUSE and the right to mount.</summary>
internal sealed class FactThatLiesAttribute : FactAttribute
{
    public FactThatLiesAttribute() => Skip = LyingFolder.WhySkipped;
}

/// <summary>A theory like <see cref="FactThatLiesAttribute"/>.</summary>
internal sealed class TheoryThatLiesAttribute : TheoryAttribute
{
    public TheoryThatLiesAttribute() => Skip = LyingFolder.WhySkipped;
}

/// <summary>A folder on a file system of its own, which lies when it is told to: tests/Shared/lying-folder.py says how.</summary>
internal sealed class LyingFolder : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private const string Library = "/usr/lib/python3/dist-packages/fusepy.py";
    private const string Device = "/dev/fuse";

    private readonly string _lies;
    private readonly Process _process;

    /// <param name="folder">For everything that it needs.</param>
    public LyingFolder(TempFolder folder, string name)
    {
        Path = folder.Folder(name);
        Behind = folder.Folder($"{name}-behind");
        _lies = folder.Write($"{name}-lies", []);
        _process = Process.Start(Python, [Repository.File("tests", "Shared", "lying-folder.py"), Behind, Path, _lies]);
        string proof = System.IO.Path.Combine(Behind, "mounted");
        File.WriteAllText(proof, "");
        // Also ends when the program does: then the proof never shows.
        if (!SpinWait.SpinUntil(() => File.Exists(System.IO.Path.Combine(Path, "mounted")) || _process.HasExited, TimeSpan.FromSeconds(60)) || _process.HasExited)
        {
            throw new InvalidOperationException("lying-folder.py did not mount its folder.");
        }

        File.Delete(proof);
    }

    /// <summary>Null: they are not skipped. If a tool is missing in CI, they fail instead.</summary>
    public static string? WhySkipped =>
        FactThatMountsAttribute.WhySkipped
        ?? (!File.Exists(Device) ? $"{Device} is missing: in a container, --device {Device}"
            : !File.Exists(Library) && Environment.GetEnvironmentVariable("CI") != "true" ? $"{Library} is missing; build/install-test-tools says how to get it"
            : null);

    public string Path { get; }

    /// <summary>The folder with what is really there.</summary>
    public string Behind { get; }

    /// <summary>From now on it tells these lies.</summary>
    public void Tell(params string[] lies)
    {
        File.WriteAllLines(_lies + ".new", lies);
        File.Move(_lies + ".new", _lies, overwrite: true);
    }

    public void TellTheTruth() => Tell();

    public void Dispose()
    {
        SmallDisk.Run("umount", "--lazy", Path);
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
