using ImageBackend.Testing;

namespace ImageBackend.Build.Tests.Releases;

/// <summary>A program `docker` that writes down how it is called; an image that it builds says the version that it was built as.</summary>
internal sealed class FakeDocker : IDisposable
{
    // Each call is one line; what comes by standard input follows `<`.
    private const string Program = """
        #!/usr/bin/env bash
        line="$*"
        [[ " $* " != *' --password-stdin '* ]] || line+=" < $(cat)"
        echo "$line" >>"$DOCKER_CALLS"
        [[ -z ${DOCKER_FAILS:-} || $line != *$DOCKER_FAILS* ]] || exit 1
        case $1 in
            build | buildx)
                version=0.1.0
                for argument; do
                    case $argument in
                        VERSION=*) version=${argument#*=} ;;
                        REVISION=*) revision=${argument#*=} ;;
                    esac
                done
                echo "$version+$revision" >"$DOCKER_CALLS.version" ;;
            run) cat "${DOCKER_SAYS:-$DOCKER_CALLS.version}" ;;
        esac
        """;

    private readonly TestFolder _folder = new();

    public FakeDocker(Dictionary<string, string> variables)
    {
        File.WriteAllText(_folder.PathOf("docker"), Program);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.PathOf("docker"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        variables["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        variables["DOCKER_CALLS"] = _folder.PathOf("calls");
    }

    public string[] Calls => File.Exists(_folder.PathOf("calls")) ? File.ReadAllLines(_folder.PathOf("calls")) : [];

    public IEnumerable<string> Pushed => Calls.Where(call => call.StartsWith("push ", StringComparison.Ordinal)).Select(call => call[5..]);

    public void Dispose() => _folder.Dispose();
}
