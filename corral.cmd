@echo off
rem Corral for Windows: finds a JDK 25, builds once with the installed Maven, starts the program.
rem Never tried on Windows. It does less than ./corral: no AOT cache, no `test`, no rebuild when the
rem sources change (delete app\target\corral.jar for that), no engine of its own: npm had no libraries of
rem llama.cpp for Windows when this was written.
setlocal EnableExtensions EnableDelayedExpansion
set "ROOT=%~dp0"
set "JDK="
for %%d in ("%CORRAL_JAVA_HOME%" "%JAVA_HOME%") do call :consider "%%~d"
for /d %%d in ("%ProgramFiles%\Eclipse Adoptium\jdk-*" "%ProgramFiles%\Java\jdk-*" "%ProgramFiles%\Microsoft\jdk-*" "%ProgramFiles%\Zulu\zulu-*" "%USERPROFILE%\.jdks\*") do call :consider "%%~d"
if not defined JDK (
  echo corral: no JDK 25 or later found. 1>&2
  echo   Install one:  winget install EclipseAdoptium.Temurin.25.JDK 1>&2
  echo   or unpack any JDK 25 and set CORRAL_JAVA_HOME to its folder. 1>&2
  exit /b 1
)
set "JAVA_HOME=%JDK%"
if not exist "%ROOT%app\target\corral.jar" (
  where mvn >nul 2>nul || (
    echo corral: Maven 3.8.6 or later is needed to build, and there is none on the path. 1>&2
    exit /b 1
  )
  echo building ^(first start, half a minute^) ... 1>&2
  if not exist "%ROOT%app\target" mkdir "%ROOT%app\target"
  pushd "%ROOT%"
  call mvn -B package -pl app -am -Dmaven.test.skip=true -Dcompiler.checker=-proc:none > "%ROOT%app\target\build.log" 2>&1
  set "BUILT=!ERRORLEVEL!"
  popd
  if not "!BUILT!"=="0" (
    echo corral: the build failed. All of Maven's words: %ROOT%app\target\build.log 1>&2
    exit /b 1
  )
)
"%JDK%\bin\java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Xmx512m "-Dcorral.natives=%ROOT%runner\natives" %CORRAL_JAVA_OPTS% -cp "%ROOT%app\target\corral.jar" dev.corral.Main %*
exit /b %ERRORLEVEL%

:consider
if defined JDK exit /b
if not exist "%~1\bin\javac.exe" exit /b
for /f "tokens=2 delims==." %%v in ('findstr /b "JAVA_VERSION=" "%~1\release"') do (
  set "MAJOR=%%v"
  set "MAJOR=!MAJOR:"=!"
  if !MAJOR! GEQ 25 set "JDK=%~1"
)
exit /b
